"""SQL of businesses, their slugs and widget keys."""

from __future__ import annotations

from dataclasses import asdict
from uuid import UUID

from psycopg.rows import class_row, scalar_row

from app.businesses.model import Answering, Business, NewBusiness
from app.db.pool import Connection


async def read_business(conn: Connection, business_id: UUID, *, widget_key: str | None = None) -> Business | None:
    """`widget_key`: only while it is this business's and in force."""
    async with conn.cursor(row_factory=class_row(Business)) as cursor:
        await cursor.execute(
            """
            SELECT business_id, slug, name, website, industry, country, time_zone, language, controller_name,
                controller_contact, allowed_processors, allowed_origins, accent, monthly_token_cap, live_generation,
                coalesce((SELECT used + reserved FROM usage_months u WHERE u.business_id = businesses.business_id
                    AND u.month = date_trunc('month', now())::date), 0) AS month_tokens,
                visitor_daily_token_cap, chat_model, economy_model, economy_percent, temperature, max_answer_tokens,
                (SELECT g.embedding_model FROM generations g WHERE g.business_id = businesses.business_id
                    AND g.generation = businesses.live_generation) AS live_model,
                created_at
            FROM businesses WHERE business_id = %(b)s
                AND (%(key)s::text IS NULL OR EXISTS (SELECT FROM widget_keys k WHERE k.widget_key = %(key)s
                    AND k.business_id = %(b)s AND k.revoked_at IS NULL))
            """,
            {"b": business_id, "key": widget_key},
        )
        return await cursor.fetchone()


async def insert_business(conn: Connection, business_id: UUID, new: NewBusiness) -> None:
    await conn.execute(
        """
        INSERT INTO businesses (business_id, slug, name, website, industry, country, time_zone, language)
        VALUES (%(b)s, %(slug)s, %(name)s, %(website)s, %(industry)s, %(country)s, %(zone)s, %(language)s)
        """,
        {
            "b": business_id,
            "slug": new.slug,
            "name": new.name,
            "website": new.website,
            "industry": new.industry,
            "country": new.country,
            "zone": new.time_zone,
            "language": new.language,
        },
    )


async def set_answering(conn: Connection, business_id: UUID, chosen: Answering) -> None:
    await conn.execute(
        """
        UPDATE businesses SET chat_model = %(chat_model)s, economy_model = %(economy_model)s,
            economy_percent = %(economy_percent)s, temperature = %(temperature)s,
            max_answer_tokens = %(max_answer_tokens)s, monthly_token_cap = %(monthly_token_cap)s,
            visitor_daily_token_cap = %(visitor_daily_token_cap)s
        WHERE business_id = %(b)s
        """,
        {"b": business_id, **asdict(chosen)},
    )


async def insert_house(conn: Connection, business_id: UUID, slug: str) -> None:
    await conn.execute(
        "INSERT INTO businesses (business_id, slug, name, monthly_token_cap) VALUES (%(b)s, %(slug)s, 'Milo', 0)"
        " ON CONFLICT DO NOTHING",
        {"b": business_id, "slug": slug},
    )


async def take_slug(conn: Connection, business_id: UUID, slug: str) -> bool:
    """False when another business has it."""
    cursor = await conn.execute(
        "INSERT INTO business_slugs (slug, business_id) VALUES (%(slug)s, %(b)s) ON CONFLICT DO NOTHING",
        {"slug": slug, "b": business_id},
    )
    return cursor.rowcount == 1


async def find_by_slug(conn: Connection, slug: str) -> UUID | None:
    async with conn.cursor(row_factory=scalar_row) as cursor:
        await cursor.execute("SELECT business_id FROM business_slugs WHERE slug = %(slug)s", {"slug": slug})
        return await cursor.fetchone()


async def insert_widget_key(conn: Connection, business_id: UUID, widget_key: str) -> None:
    await conn.execute(
        "INSERT INTO widget_keys (widget_key, business_id) VALUES (%(key)s, %(b)s)",
        {"key": widget_key, "b": business_id},
    )


async def find_by_widget_key(conn: Connection, widget_key: str) -> UUID | None:
    async with conn.cursor(row_factory=scalar_row) as cursor:
        await cursor.execute(
            "SELECT business_id FROM widget_keys WHERE widget_key = %(key)s AND revoked_at IS NULL",
            {"key": widget_key},
        )
        return await cursor.fetchone()


async def read_widget_key(conn: Connection, business_id: UUID) -> str | None:
    """The newest key in force."""
    async with conn.cursor(row_factory=scalar_row) as cursor:
        await cursor.execute(
            "SELECT widget_key FROM widget_keys WHERE business_id = %(b)s AND revoked_at IS NULL"
            " ORDER BY created_at DESC LIMIT 1",
            {"b": business_id},
        )
        return await cursor.fetchone()
