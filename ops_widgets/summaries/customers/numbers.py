"""What customers are called in summaries that keep them one by one."""

from __future__ import annotations

#: SQL for a number of a customer's own, from its id (null: nobody known). Those of partials depend
#: on the order in which months were built.
NUMBERED = "case when customer_id is not null then (hash(customer_id) >> 1)::bigint end as customer"
