"""How fast statuary is meant to be against other servers: one row a goal, as ratios taken in one run on one core."""

from dataclasses import dataclass
from typing import Literal

Measure = Literal["requests/s", "CPU"]


@dataclass(frozen=True, slots=True)
class Target:
    server: str
    rival: str
    case: str
    size: int
    measure: Measure
    """More requests a second than the rival, or less CPU time a request: above 1 is better than it, either way."""
    required: float
    aim: float


KB = 1024
SENDFILE, COPY = "nginx-cache", "nginx-cache-copy"

TARGETS: tuple[Target, ...] = (
    Target("statuary", "uvicorn", "200", KB, "requests/s", 15, 25),
    Target("statuary", "uvicorn", "304", KB, "requests/s", 6, 9),
    Target("statuary", "nginx", "200", KB, "requests/s", 0.8, 1.2),
    Target("statuary", SENDFILE, "200", KB, "requests/s", 0.40, 0.6),
    Target("statuary", COPY, "200", KB, "requests/s", 0.40, 0.6),
    Target("statuary", SENDFILE, "304", KB, "requests/s", 0.30, 0.45),
    Target("statuary", COPY, "304", KB, "requests/s", 0.30, 0.45),
    Target("statuary", "nginx", "200", 100 * KB, "CPU", 0.5, 0.65),
    Target("statuary", SENDFILE, "200", 100 * KB, "CPU", 0.5, 0.65),
    Target("statuary", COPY, "200", 100 * KB, "CPU", 0.5, 0.65),
    Target("statuary-asyncio", "uvicorn", "200", KB, "requests/s", 8, 15),
)
