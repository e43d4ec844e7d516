"""Disclosure (A17.1): what goes out by itself, as what, what is masked, on which ground something stays back."""

import pytest

from core.domain.publicity import (
    CONCLUDING_OUTCOMES,
    DisclosureKind,
    WithholdingGround,
    check_withholding,
    disclosable,
    disclosure_kind,
    is_public_item,
    mask_email,
    mask_id,
    mask_mobile,
    mask_name,
)
from core.errors import RuleRefusal
from core.reference.loader import load


def codes_of(code_list):
    return {choice.code for choice in load().code_lists[code_list]}


@pytest.mark.parametrize("outcome", sorted(CONCLUDING_OUTCOMES))
def test_a17_1_every_result_is_disclosed_by_itself(outcome):
    assert disclosable("ECO-02", outcome)


@pytest.mark.parametrize("outcome", ["withdrawn", "voided", ""])
def test_a17_1_what_is_no_result_is_not_disclosed(outcome):
    assert not disclosable("ECO-02", outcome)


def test_a17_1_state_security_never_appears():
    assert not disclosable("NSS-01", "granted")
    assert not is_public_item("NSS-01")


def test_a17_1_what_was_withheld_stays_back():
    assert not disclosable("ECO-02", "granted", WithholdingGround.TRADE_SECRET)


def test_a17_1_a_filing_is_disclosed_as_a_filing():
    kinds = {item.code: disclosure_kind(item.kind) for item in load().items}
    assert kinds["DRC-05"] is DisclosureKind.FILING_RESULT
    assert kinds["DRC-04"] is DisclosureKind.APPROVAL_RESULT


def test_a17_1_outcomes_grounds_and_kinds_are_those_of_the_code_lists():
    assert codes_of("case_outcome") == CONCLUDING_OUTCOMES
    assert codes_of("withholding_ground") == set(WithholdingGround)
    assert set(DisclosureKind) <= codes_of("disclosure_kind")


def test_a17_1_withholding_needs_a_lawful_ground_and_a_reason():
    assert check_withholding("trade_secret", "工艺参数") is WithholdingGround.TRADE_SECRET
    with pytest.raises(RuleRefusal, match="依据"):
        check_withholding("convenience", "不方便")
    with pytest.raises(RuleRefusal, match="理由"):
        check_withholding("trade_secret", " ")


@pytest.mark.parametrize(
    ("masked", "expected"),
    [
        (mask_mobile("13812345678"), "138****5678"),
        (mask_mobile("12345"), "*****"),
        (mask_name("孙岩"), "孙*"),
        (mask_name("李小明"), "李**"),
        (mask_name("欧阳明"), "欧阳*"),
        (mask_name("欧阳"), "欧*"),
        (mask_name("孙"), "*"),
        (mask_name(""), ""),
        (mask_id("220102199003070013"), "220***********0013"),
        (mask_id("E12345678"), "*********"),
        (mask_email("sunyan@example.cn"), "s***@example.cn"),
        (mask_email("sunyan"), "******"),
    ],
)
def test_a17_1_personal_data_is_masked(masked, expected):
    assert masked == expected
