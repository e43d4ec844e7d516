"""What the first page says to the three administrators, each of their own post, and to who has no post (A9.1).

It tells what exists for them and where; it offers nothing that the platform doesn't do.
"""

from dataclasses import dataclass

from core.domain.policy import Role


@dataclass(frozen=True)
class DutyShown:
    """What a post is for, and where each part of it is done."""

    title: str
    words: str
    rows: tuple[tuple[str, str], ...]


DUTIES = {
    Role.SYSTEM_ADMINISTRATOR: DutyShown(
        "系统管理",
        "你负责平台的运行和工作人员账号。交换在门户的“交换”一页查看和处置，其余由你在服务器上用命令办理，步骤见随平台交付的运维手册。",
        (
            ("账号与岗位", "开通账号、登记岗位和起止日期；人员离岗时填写岗位的截止日期，下一次访问即失效"),
            ("启动与升级", "两个门户、两个后台和交换的启动、停止、迁移，状态查看"),
            ("交换", "在“交换”一页查看两个区之间的报文是否积压，隔离的报文会同另一人处置"),
            ("备份", "数据库、文件和密钥分别加密备份，并在别处恢复验证"),
        ),
    ),
    Role.SECURITY_ADMINISTRATOR: DutyShown(
        "安全管理",
        "你负责岗位授权的确认和安全策略。授权由系统管理员登记、由你核对；密钥和口令器的发放、更换依照运维手册会同办理。",
        (
            ("岗位确认", "核对每个岗位的单位、角色和起止日期；同一人不能兼任三类管理员"),
            ("登录安全", "密码至少 12 位并须动态口令；连续失败后等待时间加倍，最长 15 分钟；长时间未操作自动退出"),
            ("密钥", "交换密钥和门户密钥的保管、更换"),
            ("交换", "系统管理员提出跳过的报文，由你在“交换”一页核对理由后确认"),
        ),
    ),
    Role.AUDIT_ADMINISTRATOR: DutyShown(
        "审计管理",
        "你负责查阅痕迹。平台的每一次办理、登录、拒绝都留有痕迹，只能追加，不能修改或删除，每条都有摘要可以核对。",
        (
            ("痕迹的内容", "谁、何时、从哪里、对什么、做了什么、为什么；代办的记明代谁"),
            ("查阅方式", "由系统管理员提供数据库的只读查询，字段说明见运维手册"),
        ),
    ),
}
"""Administrator → what their first page says."""

BOUNDS = (
    "三类管理员互相独立，不办理审批事项，也不接触办件和项目的内容。"
    "需要办件的，应当另设账号，由系统管理员登记、安全管理员确认后授予岗位。"
)
NO_POST = (
    "你的账号还没有办件、协调或监督的岗位，因此这里没有可以办理的事项。需要岗位请联系本单位负责人，由系统管理员登记。"
)
