"""What a scheduler runs beside its jobs: the heartbeat, alerts, metrics."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newscrawl.paths import home

if TYPE_CHECKING:
    from newscrawl.jobs.alert_settings import AlertSettings
    from newscrawl.jobs.scheduler import Beside
    from newscrawl.jobs.shared_jobs import Role
    from newscrawl.monitor.alerter import Alerter


def beside(
    alerts: AlertSettings | None, metrics: str | None, *, shared_jobs: bool, role: Role = "scheduler"
) -> list[Beside]:
    """The heartbeat; alerts if there are settings; metrics if wanted (HOST:PORT). Raises UsageError."""
    from newscrawl.monitor.heartbeat import Heartbeat

    parts: list[Beside] = [Heartbeat(home(), shared=shared_jobs, role=role)]
    if alerter := checked_alerts(alerts, shared_jobs=shared_jobs):
        parts.append(alerter)
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


def shared_alerts() -> AlertSettings | None:
    """The settings in the database. Raises DatabaseUnavailable."""
    from newscrawl.jobs import load

    return load.shared_alerts()
