"""Refusals of the planner and of the road engine, one sentence each, in the reader's language.

They come in English with names and numbers inside. A refusal that is not known here is shown as it came.
"""

from __future__ import annotations

import re
from functools import lru_cache

from dashboard.text import N_, _
from dashboard.text.sentences import PLACE

#: of the road engine and its data: nothing that who plans can mend on a page
ROADS: tuple[str, ...] = (
    N_("no road data at {path}: build the region first"),
    N_("region {region} cannot be read ({why}): build it anew"),
    N_("there is no region {region}: build it with `roads build`"),
    N_("the answer of the {service} service was not understood"),
    N_("the road engine at {url} does not answer ({why})"),
    N_("the road engine did not start: {why}"),
    N_("the road engine failed ({status})"),
    N_("the road engine's {program} is not in {folder}"),
    N_("the server has other road data ({theirs}) than this region ({ours}): start it anew"),
    N_("the server refused: {code} {why}"),
    N_("the server takes fewer points at once: set ROUNDS_OSRM_TABLE to its --max-table-size"),
    N_("there is no road between the points"),
    N_("what answers at {url} is no OSRM server ({status})"),
    N_("there is no file {file}"),
    N_("{file} holds no streets"),
    N_("the disk has {free} MB free, and the region needs about {need} MB: make room, then repeat the command"),
    N_("{program} failed ({status}): {why}"),
    N_(
        "{program} was killed (signal {signal}), as a system does that is out of memory; "
        "the same command goes on from this step"
    ),
    N_("point {number} has no coordinates"),
    N_("point {number} is not on the Earth: longitude {lon}, latitude {lat}"),
)
REFUSALS: tuple[str, ...] = (
    # taking an import back
    N_("There is no import {batch} at this branch."),
    N_("This import was taken back before."),
    N_("Only the newest import can be taken back, and this one is not: what it changed is not kept."),
    # planning a week
    N_("Nobody may be visited this week: every debtor is removed by a rule, a hold, a missing place or a route."),
    N_("There is no branch {branch} here."),
    N_("No crew of branch {branch} has a shift ahead in week {week}: plan another week."),
    N_("No crew of branch {branch} would have a shift left."),
    N_("Crew-days between branches are planned for both of them at once: `planner bank --loans`."),
    N_("No crew with a shift ahead in week {week} may go out: {why}."),
    N_("The traffic of the region cannot be used: {why}."),
    # a scenario, and a plan that is looked at again
    N_("In this scenario no crew works in what is left of the week."),
    N_("There is no crew {crew} with a shift ahead in this week."),
    N_("The branch has adopted no model {name}."),
    N_("A route of the plan cannot be made over the roads as they are now: plan the week again."),
    N_("There is no plan {plan}."),
    # reading a list
    N_("The file is empty; export the list again."),
    N_("The file is an old XLS workbook or locked by a password; save it as XLSX without one."),
    N_("The file is a PDF; export the list as XLSX or CSV."),
    N_(
        "No heading row was found: none of the first 30 rows holds at least two known headings, "
        "such as 案件编号 and 逾期金额; add them, or name yours in a column profile."
    ),
    N_("The workbook is damaged; open it in a spreadsheet program and save it again."),
    N_("The workbook is empty; export the list again."),
    N_("The workbook has too many or repeated parts and was not opened; save it anew as XLSX."),
    N_("The workbook has parts with unsafe paths and was not opened; save it anew as XLSX."),
    N_("The workbook is locked by a password; save it without one."),
    N_("The file is a zip but no XLSX workbook; save the list as XLSX or CSV."),
    N_("The workbook unpacks to too much data and was not opened; split the list."),
    N_("The workbook declares entities and was not opened; save it anew as XLSX."),
    N_("The file {file} cannot be opened: {why}."),
    N_("The file is larger than {size} MB; split the list."),
    N_("The file needs more memory or time to read than is allowed; split the list into smaller files."),
    N_("The file is written in UTF-32; save it as UTF-8."),
    N_("The file begins like {encoding} but is damaged further down; export it again."),
    N_("The file is neither UTF-8, UTF-16 nor GB18030 text; save it as CSV (UTF-8) or XLSX."),
    N_("The file holds binary data, not a list; save it as CSV (UTF-8) or XLSX."),
    *ROADS,
)


def refused(text: str) -> str:
    """Say a refusal in the reader's language."""
    for template, pattern in patterns():
        match = pattern.fullmatch(text.strip())
        if match is not None:
            return _(template).format(**match.groupdict())
    return text


def of_roads(text: str) -> bool:
    """Say whether a refusal is about the roads."""
    return any(template in ROADS and pattern.fullmatch(text.strip()) for template, pattern in patterns())


@lru_cache(maxsize=1)
def patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Give each refusal with the pattern that recognises it."""
    return tuple((one, re.compile(PLACE.sub(r"(?P<\1>.+?)", re.escape(one)), re.DOTALL)) for one in REFUSALS)
