"""Texts in and out

Revision: 0014
Follows: 0013
Made: 2026-11-22
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "inbound_texts",
        sa.Column("sid", sa.String(length=40), nullable=False),
        sa.Column("form", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(length=16), nullable=True),
        sa.PrimaryKeyConstraint("sid", name=op.f("pk_inbound_texts")),
    )
    op.create_index("ix_inbound_texts_undone", "inbound_texts", ["received_at"], unique=False, postgresql_where=sa.text("done_at IS NULL"))
    op.create_table(
        "text_addresses",
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("visitor_id", sa.Uuid(), nullable=True),
        sa.Column("conversation_id", sa.Uuid(), nullable=True),
        sa.Column("carried_seq", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opted_out_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("channel IN ('sms', 'whatsapp')", name=op.f("ck_text_addresses_channel")),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_text_addresses_conversation_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["visitor_id"], ["visitors.id"], name=op.f("fk_text_addresses_visitor_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("channel", "number", name=op.f("pk_text_addresses")),
        sa.UniqueConstraint("conversation_id", name=op.f("uq_text_addresses_conversation_id")),
        sa.UniqueConstraint("visitor_id", name=op.f("uq_text_addresses_visitor_id")),
    )
    op.add_column("outbound_messages", sa.Column("receipt", sa.String(length=16), nullable=True))


def downgrade() -> None:
    op.drop_column("outbound_messages", "receipt")
    op.drop_table("text_addresses")
    op.drop_index("ix_inbound_texts_undone", table_name="inbound_texts", postgresql_where=sa.text("done_at IS NULL"))
    op.drop_table("inbound_texts")
