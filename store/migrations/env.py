"""Alembic's door: runs the revisions on the connection that store.schema hands in, inside its transaction."""

from alembic import context

import store.tables_desk
import store.tables_evidence
import store.tables_mail
import store.tables_models
import store.tables_queues
import store.tables_social
import store.tables_work  # noqa: F401  (fills the metadata)
from store.columns import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
