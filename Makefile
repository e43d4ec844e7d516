# 吉林省投资项目在线审批监管平台。`make help` lists what can be done here.
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
PYTHON := .venv/bin/python
# processes that share the whole suite, each with databases of its own; one more than two cores, because whoever walks
# with the browser, or starts the platform's processes, waits for them half of the time
WORKERS ?= 3
PYTEST := $(PYTHON) -m pytest -q
# the platform is many processes, and tests start them again and again: each would read every source file anew
unexport PYTHONDONTWRITEBYTECODE

##@ 运行
.PHONY: serve setup setup-test
serve: setup ## 准备好一切，启动两个门户、交换与后台进程
	@$(PYTHON) -m core.command serve

setup: ## 创建 .venv，安装依赖与所需系统软件包；已就绪则什么也不做
	@tools/setup.sh serve

setup-test: ## 同上，另装测试所需的 PostgreSQL 与 Chromium
	@tools/setup.sh test

##@ 检查
.PHONY: test test-domain test-core test-portals test-regulation test-browser test-architecture lint format
test: setup-test ## 全部测试，两种数据库与真实浏览器
	@$(PYTEST) -n $(WORKERS)

test-domain: setup-test ## 法规规则：纯函数与状态表
	@$(PYTEST) tests/domain

test-core: setup-test ## 业务各阶段、交换、留痕
	@$(PYTEST) tests/core

test-portals: setup-test ## 两个门户的页面与请求
	@$(PYTEST) tests/public_portal tests/extranet_portal

test-regulation: setup-test ## 逐条执行规章条文
	@$(PYTEST) tests/regulation

test-browser: setup-test ## 真实浏览器走完全程
	@$(PYTEST) -m browser

test-architecture: setup-test ## 分层、迁移、模板、依赖锁定
	@$(PYTEST) tests/architecture

lint: setup ## 格式、静态检查、类型、分层、模板；数秒完成
	@$(PYTHON) -m ruff format --check --output-format concise . || { echo "格式不符，请执行 make format"; exit 1; }
	@$(PYTHON) -m ruff check --quiet .
	@$(PYTHON) -m mypy --no-error-summary
	@.venv/bin/lint-imports --no-logo
	@$(PYTHON) -m core.web.template_check

format: setup ## 按约定排版并修正可自动修正之处
	@$(PYTHON) -m ruff check --quiet --fix-only .
	@$(PYTHON) -m ruff format --quiet .

##@ 其他
.PHONY: bench trial screenshots migration hooks help
bench: ## 性能测量（另装 PostgreSQL 与 wrk）
	@tools/setup.sh bench
	@$(PYTHON) -m benchmarks

trial: setup-test ## 交换的生存试验：make trial SEED=7 TRIALS=300 ENGINE=sqlite|postgresql
	@$(PYTHON) -m tests.trial $(if $(SEED),--seed $(SEED)) --trials $(or $(TRIALS),300) --engine $(or $(ENGINE),sqlite)

# the headless shell draws no PDF, and an officer's page shows one: pictures take the whole browser where it is there
screenshots: setup-test ## 重拍各页面的截图
	@TZXM_CHROMIUM=$$(command -v chromium) TZXM_SCREENSHOTS=docs/screens $(PYTEST) -m browser tests/journeys

migration: setup ## 起草迁移：make migration ZONE=public ID=0002 NAME="project remarks"
	@test -n "$(ZONE)" -a -n "$(ID)" -a -n "$(NAME)" || { echo '用法：make migration ZONE=public ID=0002 NAME="…"'; exit 1; }
	@$(PYTHON) tools/migration.py "$(ZONE)" "$(ID)" "$(NAME)"

hooks: setup ## 提交前自动执行 make lint
	@hook=$$(git rev-parse --git-path hooks)/pre-commit && mkdir -p "$$(dirname "$$hook")" && \
	printf '#!/bin/sh\nexec make lint\n' > "$$hook" && chmod +x "$$hook" && echo "已安装 $$hook"

help: ## 列出全部命令
	@awk 'BEGIN {FS = ":.*## "} /^##@/ {printf "\n%s\n", substr($$0, 5)} \
	/^[a-z-]+:.*## / {printf "  make %-18s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
