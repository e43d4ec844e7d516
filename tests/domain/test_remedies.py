"""Where a refusal can be contested: the government of the organ's place, of a zone the one above it."""

import pytest

from core.domain.remedies import remedy_of
from core.domain.remit import Level, Region

REGIONS = {
    one.code: one
    for one in (
        Region("220000", "吉林省", "", Level.PROVINCE),
        Region("220100", "长春市", "220000", Level.PREFECTURE),
        Region("220102", "南关区", "220100", Level.COUNTY),
        Region("229911", "净月高新区", "220100", Level.ZONE),
    )
}


@pytest.mark.parametrize(
    ("org_unit", "organ"),
    [
        ("220102-ee", "南关区人民政府"),
        ("220100-ee", "长春市人民政府"),
        ("220000-ee", "吉林省人民政府"),
        ("229911-hc", "长春市人民政府"),
        ("999999-ee", "吉林省人民政府"),
    ],
)
def test_the_remedy_names_the_government_and_the_times(org_unit, organ):
    found = remedy_of(org_unit, REGIONS)
    assert found.reconsideration_organ == organ
    assert found.words == (
        f"可以自知道本决定之日起 60 日内向{organ}申请行政复议，或者 6 个月内向有管辖权的人民法院提起行政诉讼"
    )
