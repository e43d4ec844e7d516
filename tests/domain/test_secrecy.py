"""Classified words (A3.2): what is caught however it is disguised, and what is let pass."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.secrecy import WORDS, find_classified, refuse_classified
from core.errors import FormRefusal


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("本文件为绝密", "绝密"),
        ("机密★10年", "机密"),
        ("秘密★1年", "秘密★"),
        ("秘 密 ★ 长期", "秘密★"),
        ("秘密☆5年", "秘密★"),
        ("秘密*5年", "秘密★"),
        ("秘密⭐️5年", "秘密★"),
        ("秘密级资料", "秘密级"),
        ("涉及国家秘密", "国家秘密"),
        ("涉密信息系统建设项目", "涉密"),
        ("涉密人员培训基地", "涉密"),
        ("内部文件，不得外传", "内部文件不得外传"),
        ("机\u200b密文件", "机密"),
        ("机-密，文件", "机密"),
        ("機密文件", "机密"),
        ("國家祕密與國家秘密", "国家秘密"),
        ("机\n密", "机密"),
        ("机\u3164密文件", "机密"),
        ("机\u115f密文件", "机密"),
        ("机\uffa0密文件", "机密"),
        ("絶密文件", "绝密"),
        ("国家祕宻", "国家秘密"),
        ("机宻", "机密"),
        ("是否涉密：是", "涉密"),
        ("密级：机密", "机密"),
    ],
)
def test_a3_2_a_classified_word_is_found(text, word):
    hit = find_classified(text)
    assert hit is not None
    assert hit.word == word


@pytest.mark.parametrize(
    "text",
    [
        "项目及材料不涉密声明",
        "本项目不涉密",
        "本项目非涉密项目",
        "未发现涉密内容",
        "不涉及国家秘密、商业秘密",
        "本报告已删除涉及国家秘密的内容",
        "是否涉密：否",
        "是否涉密",
        "涉密项目和涉密信息不得通过本平台办理和传递。",
        "依据《中华人民共和国保守国家秘密法》",
        "保密协议",
        "保密室设备采购",
        "商业秘密",
        "商业机密保护",
        "计算机密码柜",
        "电机密封件生产线",
        "发动机、密封圈",
        "隔绝、密闭空间作业",
        "杜绝密集堆放",
        "轮胎机密炼车间",
        "本项目涉密封材料生产",
        "数据机密性、完整性",
        "年产 20 万套新能源汽车电池托盘智能制造项目",
        "",
    ],
)
def test_a3_2_everyday_words_and_denials_pass(text):
    assert find_classified(text) is None


def test_a3_2_a_denial_does_not_shield_the_rest_of_the_text():
    assert find_classified("本项目不涉密。附件：机密★文件") is not None


def test_a3_2_the_list_is_configurable():
    assert find_classified("某某工程 719", ["某某工程"]) is not None
    assert find_classified("绝密", ["某某工程"]) is None


def test_a3_2_every_field_with_a_classified_word_is_named_and_nothing_else_of_it():
    texts = {"project_name": "国家秘密载体销毁中心 甲乙丙", "site_address": "人民大街 1 号", "keywords": "机密★"}
    with pytest.raises(FormRefusal) as refusal:
        refuse_classified(texts)
    assert list(refusal.value.errors) == ["project_name", "keywords"]
    assert refusal.value.errors["project_name"] == (
        "“国家秘密”可能涉密。涉密项目不得通过本平台办理，请删除或改走线下渠道；内容未保存"
    )
    assert "甲乙丙" not in refusal.value.words
    assert refusal.value.article == "A3.2"


def test_a3_2_texts_without_classified_words_are_not_refused():
    assert refuse_classified({"project_name": "电池托盘项目"}) is None


@given(
    st.sampled_from(WORDS),
    st.lists(st.sampled_from([" ", "　", "\u200b", "-", "·", "\n", ""]), min_size=10, max_size=10),
)
def test_a3_2_no_separator_hides_a_word(word, gaps):
    hidden = "".join(char + gap for char, gap in zip(word, gaps * 2, strict=False))
    hit = find_classified(f"附件：{hidden}。")
    assert hit is not None
    assert hit.word == word
