"""Fill both zones with demonstration data, day by day: units act, officers act, and overnight the exchange carries.

The days are played in their order, so that codes, case numbers, notices and the trace grow as they do in life.
"""

import heapq
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import count

from sqlmodel import Session

from core.accounts.registering import store as store_registration
from core.accounts.signing_in import actor_of_account, hasher
from core.accounts.tables import Account, Enterprise
from core.cases import intake
from core.clocks import SHANGHAI, business_date, calendar
from core.database import utc_now
from core.demo import altered, amended, clocked, consulted, office_acts, unit_acts
from core.demo.accounts import PASSWORD, SEED, DemoAccounts, demo_accounts, person_name
from core.demo.archetypes import BY_KEY
from core.demo.databases import hurried, refuse_filled
from core.demo.desk_acts import answer_a_letter, lay_on_desks
from core.demo.enterprises import Owner, owners
from core.demo.papers import Papers
from core.demo.places import place_of
from core.demo.plans import HISTORY, Plan, Round, make_plans
from core.demo.replanned import replan
from core.demo.staff import IN_OFFICE_FROM, Staff
from core.demo.stories import UNIT_ACTS, beats_of
from core.demo.unit_acts import Matter, Undertaking
from core.domain.policy import PLATFORM, Actor
from core.exchange.pump import Post
from core.guides.from_reference import publish_everything
from core.supervision.lights import sweep

Say = Callable[[str], None]
_FIRST_DAY = datetime(2017, 8, 16, 9, 0, tzinfo=SHANGHAI)


@dataclass(order=True)
class Step:
    """One act at its time: of a story on a matter, or of an undertaking, which declares or applies for a round."""

    at: datetime
    order: int
    act: str = field(compare=False)
    subject: Undertaking | Matter = field(compare=False)
    asked: Round | None = field(default=None, compare=False)

    @property
    def is_of_unit(self) -> bool:
        """Whether the project unit does it, in the internet zone."""
        return isinstance(self.subject, Undertaking) or self.act in UNIT_ACTS


def fill(
    post: Post, *, seed: int = SEED, projects: int = 300, today: date | None = None, say: Say = lambda words: None
) -> DemoAccounts:
    """Publish the catalogue, register everyone and play about nine months of traffic, ended the day before `today`.

    `today` is a day in Asia/Shanghai, the present one when absent; the same seed and day give the same codes, names and
    states. Raises RuntimeError where there is data already. Takes two minutes for 300 projects on SQLite and 2 cores.
    """
    refuse_filled(post)
    with hurried(post) as quick:
        play = Play(quick, seed, today or business_date(utc_now()))
        play.open_platform()
        say("已发布办事指南、区划和工作日历")
        play.register(projects)
        for done, days in play.days():
            say(f"已办理到 {done}，共 {days} 个工作日")
        play.alter_projects()
        play.leave_open_ends()
    say(f"演示数据已生成：{projects} 个项目")
    return demo_accounts(seed=seed)


class Play:
    """The demonstration being played: who acts, what is still to come, and where everything is kept."""

    def __init__(self, post: Post, seed: int, today: date) -> None:
        self.post = post
        self.seed = seed
        self.today = today
        self.drawn = random.Random(f"{seed}:play")
        self.staff = Staff(seed, hasher().hash(PASSWORD))
        self.papers = Papers(post.public.workplace["store"], post.extranet.workplace["store"])
        self.owners = owners([person_name(f"contact{number}", seed=seed) for number in range(60)])
        self.actors: dict[str, Actor] = {}
        self.coming: list[Step] = []
        self.last: list[Undertaking] = []
        self.working_days: list[date] = []
        self.post_days: set[date] = set()
        self.has_news = False
        self._orders = count()

    def open_platform(self) -> None:
        """Catalogue, calendar and officers; then the days on which anything may happen are known."""
        with self.post.extranet.writing() as session:
            publish_everything(session, by=PLATFORM, at=_FIRST_DAY, in_force_from=IN_OFFICE_FROM)
            self.staff.hire_for_a_start(session)
            official = calendar(session)
        self._pump(_FIRST_DAY)
        day = self.today
        while len(self.working_days) <= HISTORY:
            day -= timedelta(days=1)
            if official.is_working(day):
                self.working_days.insert(0, day)
        self.post_days = set(self.working_days[::-2])
        self.calendar = official

    def register(self, projects: int) -> None:
        """Register the enterprises and put every declaration into the days to come."""
        start = self.working_days[0] - timedelta(days=500)
        with self.post.public.writing() as session:
            for place, owner in enumerate(self.owners):
                at = self._moment(start + timedelta(days=9 * place))
                self.actors[owner.credit_code] = self._register(session, owner, at)
        self._pump(self._moment(self.working_days[0]))
        for turn, plan in enumerate(make_plans(self.owners, projects=projects, seed=self.seed)):
            under = Undertaking(plan, self.actors[plan.owner.credit_code], turn)
            if plan.declared_ago:
                self._plan(self._post_day(plan.declared_ago), under)
            else:
                self.last.append(under)
            for asked in plan.rounds:
                self._plan(self._post_day(asked.ago), under, asked)

    def days(self) -> Iterator[tuple[date, int]]:
        """Play every day up to the last working day before today; tells now and then how far it is."""
        for number, day in enumerate(self.working_days, start=1):
            self._morning(day)
            self._play(day)
            if self.has_news and day in self.post_days:
                self._pump(_at(day, 18))
            if number % 40 == 0:
                yield day, number
        self._replan(_at(self.working_days[-1], 18) + timedelta(minutes=20))
        with self.post.extranet.writing() as session:
            consulted.play(session, self.staff, at=_at(self.working_days[-1], 15))
            amended.amend(session, self.staff, self.papers, at=_at(self.working_days[-1], 17))
        self._fill_desks(_at(self.working_days[-1], 19))
        self._morning(self.today)
        self._pump(_at(self.today, 1))

    def alter_projects(self) -> None:
        """Changes to projects: asked for in the last afternoon, some decided; legacy codes and projects."""
        at = _at(self.working_days[-1], 16)
        coordinator = self.staff.special["jl-drc-coordinator"]
        with self.post.public.writing() as session:
            asked = altered.ask(session, self.actors, at=at)
        self._pump(_at(self.today, 2))
        with self.post.extranet.writing() as session:
            altered.decide(session, asked, by=coordinator, at=at + timedelta(minutes=40))
            altered.map_legacy_codes(session, by=coordinator, at=at + timedelta(minutes=50))
            altered.enter_legacy_projects(session, self.owners[0], by=coordinator, at=at + timedelta(minutes=55))
        with self.post.public.writing() as session:
            altered.take_back(session, asked, self.actors, at=at + timedelta(minutes=45))
        self._pump(_at(self.today, 3))

    def leave_open_ends(self) -> None:
        """What lies open at the end: declarations not carried yet, and two that were left half filled in."""
        at = _at(self.working_days[-1], 17)
        with self.post.public.writing() as session:
            for under in self.last:
                unit_acts.declare(session, under, at=at)
            for owner, key in ((self.owners[0], "parts"), (self.owners[1], "cold_store")):
                kind = BY_KEY[key]
                place = place_of(owner.region)
                name = kind.names[1].format(place=place.name, spot=place.spots[1], n=kind.numbers[0]) + "（二期）"
                plan = Plan(kind, owner, place, "", "county", name, kind.numbers[0], kind.total[0], 1, ())
                unit_acts.leave_a_draft(session, plan, self.actors[owner.credit_code], at=at)

    def _replan(self, at: datetime) -> None:
        """The coordinator changes some lists, when everything applied for so far has arrived."""
        self._pump(at)
        with self.post.extranet.writing() as session:
            replan(session, by=self.staff.special["jl-drc-coordinator"], at=at)
            clocked.extend_limits(session, self.staff, at=at)
            clocked.record_late(session, self.staff, at=at)
            clocked.draft_next_year(session, self.staff, at=at)

    def _fill_desks(self, at: datetime) -> None:
        """Officers share out what lies open, and write to units, of whom one answers."""
        with self.post.extranet.writing() as session:
            lay_on_desks(session, self.staff, at=at)
        self._pump(at + timedelta(minutes=5))
        with self.post.public.writing() as session:
            answer_a_letter(session, self.actors, at=at + timedelta(minutes=20))

    def _register(self, session: Session, owner: Owner, at: datetime) -> Actor:
        enterprise = Enterprise(credit_code=owner.credit_code, name=owner.name, kind=owner.kind, registered_at=at)
        account = Account(
            credit_code=owner.credit_code,
            mobile=owner.mobile,
            name=owner.contact,
            password_hash=self.staff.password_hash,
            registered_at=at,
        )
        return actor_of_account(session, store_registration(session, enterprise, account, at=at))

    def _play(self, day: date) -> None:
        """The units act in one transaction of their zone, the officers in one of theirs."""
        todays: list[Step] = []
        while self.coming and business_date(self.coming[0].at) <= day:
            todays.append(heapq.heappop(self.coming))
        self.has_news = self.has_news or bool(todays)
        if units := [step for step in todays if step.is_of_unit]:
            with self.post.public.writing() as session:
                for step in units:
                    self._act_of_unit(session, step)
        if offices := [step for step in todays if not step.is_of_unit]:
            with self.post.extranet.writing() as session:
                for step in offices:
                    if isinstance(step.subject, Matter):
                        self.staff.hire(session, step.subject.org_unit)
                        office_acts.do(session, step.act, step.subject, self.staff, self.papers, at=step.at)

    def _act_of_unit(self, session: Session, step: Step) -> None:
        subject = step.subject
        if isinstance(subject, Matter):
            if step.act == "supply":
                unit_acts.supply(session, subject, self.papers, at=step.at)
            else:
                unit_acts.withdraw(session, subject, at=step.at)
        elif step.asked is None:
            unit_acts.declare(session, subject, at=step.at)
        else:
            for matter in unit_acts.apply(session, subject, step.asked, self.papers, self.drawn, at=step.at):
                self._follow(matter, business_date(step.at))

    def _follow(self, matter: Matter, applied_on: date) -> None:
        """Put the acts of a case's story into the days to come; those of one day keep their order."""
        latest = _at(applied_on, 8)
        for beat in beats_of(matter.story, is_filing=matter.is_filing):
            day = self.calendar.nth_working_day(applied_on, beat.day(matter.limit))
            moment = self._moment(day)
            if beat.act in UNIT_ACTS:
                while day not in self.post_days and day < self.today:
                    day = self.calendar.next_working_day(day)
            latest = moment if business_date(latest) < day else max(moment, latest + timedelta(minutes=25))
            heapq.heappush(self.coming, Step(latest, next(self._orders), beat.act, matter))

    def _morning(self, day: date) -> None:
        """What the extranet's worker does by itself: acceptance by silence, and the lights earned."""
        at = _at(day, 0) + timedelta(minutes=30)
        with self.post.extranet.writing() as session:
            for case in intake.silent_cases(session, day):
                self.has_news = True
                self.staff.hire(session, case.org_unit)
                intake.deem_accepted(session, case, at=at)
            sweep(session, today=day, at=at)

    def _post_day(self, ago: int) -> date:
        """The day so long ago, or the one before: units act, and the exchange carries, every other working day."""
        return self.working_days[-(ago | 1)]

    def _plan(self, day: date, under: Undertaking, asked: Round | None = None) -> None:
        act = "apply" if asked else "declare"
        heapq.heappush(self.coming, Step(self._moment(day), next(self._orders), act, under, asked))

    def _pump(self, at: datetime) -> None:
        self.has_news = False
        self.post.pump(now=at.astimezone(UTC))

    def _moment(self, day: date) -> datetime:
        """Some minute of the day's office hours."""
        minute = self.drawn.choice((self.drawn.randint(35, 205), self.drawn.randint(300, 480)))
        return _at(day, 8) + timedelta(minutes=minute, seconds=self.drawn.randrange(60))


def _at(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), tzinfo=SHANGHAI)
