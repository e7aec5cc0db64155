"""Going back makes the former version live, and it stays so until the pages themselves say something new."""

from __future__ import annotations

import pytest

from app.errors import Conflict
from app.knowledge.manage import add_files, go_back, publish_held
from tests.integration.ingestion.shop import ACTOR, File, Shop
from tests.integration.ingestion.site import Site


async def says(shop: Shop, words: str) -> bool:
    return any(words in text for text in await shop.live_texts())


async def states(shop: Shop) -> dict[int, str]:
    return {row["generation"]: row["state"] for row in await shop.rows("SELECT generation, state FROM generations")}


async def test_going_back_holds_until_the_pages_say_something_new(shop: Shop, site: Site) -> None:
    site.fill(5)
    await shop.read(site.base)
    first = await shop.live()
    assert first is not None
    with pytest.raises(Conflict):
        await go_back(shop, shop.business_id, actor=ACTOR)
    site.put("/page-a", "Room", "Wrong price: 1 cent.", "/")
    await shop.read(site.base)
    second = await shop.live()
    assert second is not None and await says(shop, "1 cent")

    assert await go_back(shop, shop.business_id, actor=ACTOR) == first == await shop.live()
    assert await states(shop) == {first: "published", second: "held"} and not await says(shop, "1 cent")
    (line,) = await shop.rows("SELECT actor, target FROM audit_log WHERE action = 'generation.rollback'")
    assert line == {"actor": ACTOR, "target": str(first)}
    with pytest.raises(Conflict):  # one former version is kept, not two
        await go_back(shop, shop.business_id, actor=ACTOR)

    embedded = len(shop.embedder.texts)
    for _ in range(2):  # the pages still say what was gone back from: nothing is undone
        again = await shop.read(site.base)
        assert (again.status, await shop.live()) == ("held", first)
        assert again.reason is not None and "You went back" in again.reason
    assert len(shop.embedder.texts) == embedded
    assert sorted((await states(shop)).values()) == ["held", "published"]

    # Another source's news is published, and does not bring it back either.
    files = [File("hours.md", b"# Hours\n\nWe open at nine.")]
    assert (await shop.run(await add_files(shop, shop.business_id, files, actor=ACTOR))).status == "published"
    assert (await shop.read(site.base)).status == "held"
    assert await says(shop, "We open at nine") and not await says(shop, "1 cent")

    site.put("/page-a", "Room", "Right price: 10 euro.", "/")
    assert (await shop.read(site.base)).status == "published"
    assert await says(shop, "10 euro") and await says(shop, "We open at nine")


async def test_what_was_gone_back_from_can_be_published_again(shop: Shop, site: Site) -> None:
    site.fill(5)
    await shop.read(site.base)
    site.put("/page-a", "Room", "New price: 12 euro.", "/")
    await shop.read(site.base)
    first, second = sorted(await states(shop))
    await go_back(shop, shop.business_id, actor=ACTOR)
    await publish_held(shop, shop.business_id, second, actor=ACTOR)
    assert await shop.live() == second and await says(shop, "12 euro")
    assert await states(shop) == {first: "superseded", second: "published"}
    assert (await shop.read(site.base)).status == "published" and await shop.live() == second
    assert await go_back(shop, shop.business_id, actor=ACTOR) == first  # and back once more
