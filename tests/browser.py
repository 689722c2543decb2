"""A real browser for tests: phone and desk, light and dark, and a judge of what everybody must be able to use."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, async_playwright

from revivatech.setup.browser import chromium

ROOT = Path(__file__).resolve().parents[1]
PICTURES = ROOT / "test-output"
SIZES = {"phone": (390, 844), "desk": (1440, 900)}
LOOKS = ("light", "dark")
_QUIET = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync"
)
_AXE = ROOT / "widget" / "node_modules" / "axe-core" / "axe.min.js"
#: The smallest side of what a finger must hit.
TAP = 44


@pytest.fixture
async def chrome() -> AsyncIterator[Browser]:
    """The Chromium of this machine, without a window."""
    async with async_playwright() as playwright:
        opened = await playwright.chromium.launch(executable_path=chromium(), args=_QUIET.split())
        yield opened
        await opened.close()


async def open_page(chrome: Browser, size: str, look: str) -> Page:
    """A fresh visitor's page."""
    width, height = SIZES[size]
    context = await chrome.new_context(
        viewport={"width": width, "height": height},
        device_scale_factor=1,
        is_mobile=size == "phone",
        has_touch=size == "phone",
        color_scheme=look,  # type: ignore[arg-type]
        locale="en-GB",
        timezone_id="Europe/London",
    )
    return await context.new_page()


async def faults(page: Page, within: str | None = None) -> list[str]:
    """What axe finds wrong with the page, or with a part of it, as it is drawn now; motion is over first."""
    await page.evaluate("async () => { await Promise.allSettled(document.getAnimations().map((motion) => motion.finished)) }")
    if not await page.evaluate("() => 'axe' in window"):
        await page.evaluate(_AXE.read_text("utf-8"))
    found: list[dict[str, Any]] = await page.evaluate(
        """async (within) => (await axe.run(within ? {include: [within]} : document)).violations.flatMap(
             ({id, nodes}) => nodes.map(({target, failureSummary}) => ({id, target: target.flat().join(" "), failureSummary})))""",
        within,
    )
    return [f"{fault['id']} at {fault['target']}: {fault['failureSummary']}" for fault in found]


async def small_targets(page: Page, within: str = "body") -> list[str]:
    """What can be pressed and is smaller than a finger; links in running text are as high as their line, and a label counts for its box."""
    found: list[str] = await page.locator(within).first.evaluate(
        """(root, tap) => [...root.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary, [role=tab]")]
             .filter((element) => !element.closest("p, li, dd, td, [inert]") || element.matches("button, input"))
             .map((element) => ({element, box: (element.closest("label") ?? element).getBoundingClientRect()}))
             .filter(({box}) => box.width > 0 && (box.width < tap - 0.5 || box.height < tap - 0.5))
             .map(({element, box}) => `${element.outerHTML.slice(0, 80)} is ${Math.round(box.width)} by ${Math.round(box.height)}`)""",
        TAP,
    )
    return found


async def overflow(page: Page) -> int:
    """By how much the page is wider than its window."""
    wider: int = await page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return wider
