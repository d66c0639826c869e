"""What a scheduler runs beside its jobs: the heartbeat, alerts, webhooks, metrics."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from newscrawl.paths import home

if TYPE_CHECKING:
    from newscrawl.jobs.alert_settings import AlertSettings
    from newscrawl.jobs.scheduler import Beside
    from newscrawl.jobs.shared_jobs import Role
    from newscrawl.jobs.webhook_settings import WebhookSettings
    from newscrawl.monitor.alerter import Alerter
    from newscrawl.monitor.webhooks.beside import Webhooks


def beside(
    alerts: AlertSettings | None,
    webhooks: Sequence[WebhookSettings],
    metrics: str | None,
    *,
    shared_jobs: bool,
    role: Role = "scheduler",
) -> list[Beside]:
    """The heartbeat; alerts and webhooks if there are settings; metrics if wanted (HOST:PORT).

    Raises UsageError.
    """
    from newscrawl.monitor.heartbeat import Heartbeat

    parts: list[Beside] = [Heartbeat(home(), shared=shared_jobs, role=role)]
    if alerter := checked_alerts(alerts, shared_jobs=shared_jobs):
        parts.append(alerter)
    if hooks := checked_webhooks(webhooks):
        parts.append(hooks)
    if metrics is not None:
        from newscrawl.monitor.server import MonitorServer, parse_place

        parts.append(MonitorServer(parse_place(metrics), "writer"))
    return parts


def checked_alerts(alerts: AlertSettings | None, *, shared_jobs: bool) -> Alerter | None:
    """The alerter; None without settings. Raises UsageError for an address that cannot work."""
    from newscrawl.monitor.alerter import Alerter

    if alerts is None:
        return None
    alerter = Alerter(alerts, home(), shared_jobs=shared_jobs)
    alerter.check()
    return alerter


def checked_webhooks(webhooks: Sequence[WebhookSettings]) -> Webhooks | None:
    """The senders; None without webhooks. Raises UsageError for an address or secret that cannot work."""
    if not webhooks:
        return None
    from newscrawl.monitor.webhooks.beside import Webhooks

    hooks = Webhooks(webhooks)
    hooks.check()
    return hooks


def shared_webhooks() -> list[WebhookSettings]:
    """Those in the database. Raises DatabaseUnavailable."""
    from newscrawl.jobs import load

    return load.shared_webhooks()


def shared_alerts() -> AlertSettings | None:
    """The settings in the database. Raises DatabaseUnavailable."""
    from newscrawl.jobs import load

    return load.shared_alerts()
