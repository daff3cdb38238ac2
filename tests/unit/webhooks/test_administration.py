"""Endpoints of one tenant at the database: what waits is counted in parts, and lists stay exact when much waits."""

import pytest

from app import limits
from app.store.store import Store
from app.webhooks.administration import Redelivery
from app.webhooks.refusals import EndpointUnknown, RangeReversed, RedeliveryUnclear
from tests.support.events import Tenant, disbursement, new_id, noon
from tests.support.webhooks import Webhooks, attempt


@pytest.fixture
def webhooks(store: Store, tenant: Tenant) -> Webhooks:
    return Webhooks(store, tenant.tenant_id)


async def test_counting_goes_on_where_it_stopped(webhooks: Webhooks, tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "COUNTED_AT_ONCE", 3)
    for _ in range(7):
        await tenant.post(disbursement(new_id()))
    endpoint_id = await webhooks.create()
    for more in range(5):
        assert await webhooks.counts(endpoint_id) == (0, 7 + more)
        await tenant.post(disbursement(new_id()))
    lease = await webhooks.lease(endpoint_id)
    page = await webhooks.deliveries.untried(lease, (await webhooks.deliveries.renew([lease], 60))[0].cursor, 5)
    assert page is not None
    await webhooks.deliveries.record([attempt(lease, each) for each in page.entries], {lease: page.cursor})
    assert await webhooks.counts(endpoint_id) == (5, 7)
    now = await webhooks.create(starts="now")
    assert await webhooks.counts(now) == (0, 0)


async def test_a_list_is_exact_when_more_waits_than_is_sorted(
    webhooks: Webhooks, tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "WAITING_SORTED", 2)
    posted = [(await tenant.post(disbursement(new_id())))["journal_entry_id"] for _ in range(9)]
    endpoint_id = await webhooks.create()
    lease = await webhooks.lease(endpoint_id)
    page = await webhooks.deliveries.untried(lease, (await webhooks.deliveries.renew([lease], 60))[0].cursor, 3)
    assert page is not None
    await webhooks.deliveries.record([attempt(lease, each) for each in page.entries], {lease: page.cursor})
    for status, expected in ((None, posted), ("pending", posted[3:]), ("delivered", posted[:3])):
        found: list[str] = []
        token = None
        while True:
            listed = await webhooks.administration.deliveries(tenant.tenant_id, endpoint_id, status, None, 2, token)
            found += [each.journal_entry_id for each in listed.items]
            token = listed.next_page_token
            if token is None:
                break
        assert found == expected[::-1]


async def test_what_an_unknown_endpoint_is_asked_is_refused(webhooks: Webhooks) -> None:
    for ask in (webhooks.view, webhooks.enable, webhooks.disable, webhooks.listed):
        with pytest.raises(EndpointUnknown):
            await ask(new_id())
    with pytest.raises(EndpointUnknown):
        await webhooks.redeliver(new_id(), new_id())


def test_a_redelivery_has_one_of_two_forms() -> None:
    entry_id, moment = new_id(), noon()
    for fine in (Redelivery(entry_id), Redelivery(None, moment, moment)):
        fine.require_one_form()
    for unclear in (Redelivery(), Redelivery(entry_id, moment), Redelivery(None, moment), Redelivery(None, None, moment)):
        with pytest.raises(RedeliveryUnclear):
            unclear.require_one_form()
    with pytest.raises(RangeReversed):
        Redelivery(None, moment, moment.replace(hour=1)).require_one_form()
