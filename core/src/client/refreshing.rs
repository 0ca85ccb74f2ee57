//! One value that is fetched, kept, and fetched again before it ends: the rules, without any I/O.
//!
//! [`Refreshing::step`] says what to do at a given time. Whoever is told to fetch gets a [`Ticket`], and nobody else does
//! until that has ended; meanwhile the others go on with the kept value while it is good, and wait otherwise. A failed fetch
//! is not repeated before its cool-down is over, also where nothing was ever fetched.
//!
//! Times are seconds since 1970: every clock of a machine agrees on them, whichever client brings it, and they can be kept
//! between two runs of a program. A clock that is set back makes a value due, and no failure lasts longer.

use std::fmt;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::app::access::Caller;
use crate::client::{AuthenticationClient, System};
use crate::error::Error;
use crate::transport::{TransportError, TransportErrorKind};

/// How far two readings of one clock may be apart before it counts as set back: a thread may be held up between looking at
/// the clock and being heard.
const APART: Duration = Duration::from_secs(60);
/// For how long a fetched value is used at the least, so that none makes each call a fetch.
const SHORTEST_LIFE: Duration = Duration::from_secs(1);

/// For how long a value is good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Validity {
    /// When it was fetched, where that is known.
    since: Option<Duration>,
    /// From when on it is fetched again, while it is still used.
    due: Duration,
    /// From when on it is not used any more.
    end: Duration,
}

impl Validity {
    /// Until somebody says otherwise.
    pub(crate) const UNLIMITED: Self = Self {
        since: None,
        due: Duration::MAX,
        end: Duration::MAX,
    };

    /// Of a value that was fetched at a time, lives for another, and is to be fetched again `early` before its end. That is
    /// cut down to nine tenths of the life: a value is not due as soon as it comes.
    pub(crate) fn lifetime(since: Duration, life: Duration, early: Duration) -> Self {
        let life = life.max(SHORTEST_LIFE);
        let end = since.saturating_add(life);
        Self {
            since: Some(since),
            due: end.saturating_sub(early.min(life.saturating_sub(life / 10))),
            end,
        }
    }

    /// Of a value that ends at a time and is to be fetched again `early` before; nobody knows when it began.
    pub(crate) fn until(end: Duration, early: Duration) -> Self {
        Self {
            since: None,
            due: end.saturating_sub(early),
            end,
        }
    }

    /// The same value, used for so long after its life while no newer one can be had.
    #[cfg(feature = "oidc")]
    pub(crate) fn with_stale(mut self, longest_stale: Duration) -> Self {
        self.due = self.end;
        self.end = self.end.saturating_add(longest_stale);
        self
    }
}

/// What to do to get the value.
pub(crate) enum Step<T: Clone> {
    /// Use this one.
    Use(T),
    /// Fetch it: that is yours alone to do.
    Fetch(Ticket<T>),
    /// Somebody else is fetching it, and there is none to go on with: wait for this fetch.
    Wait(Flight),
    /// It could not be fetched, and it is too early to try again.
    Failed(Error),
}

/// A fetch that is under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Flight(u64);

/// A value that is kept fresh, shared by all clones of this handle.
pub(crate) struct Refreshing<T>(Arc<Inner<T>>);

struct Inner<T> {
    state: Mutex<State<T>>,
    /// Told whenever a fetch has ended.
    ended: Condvar,
}

struct State<T> {
    kept: Option<Kept<T>>,
    /// The fetch that is under way.
    flight: Option<Flight>,
    /// How many have begun.
    flights: u64,
    /// Counts the changes of the value.
    version: u64,
    failure: Option<Failure>,
}

struct Kept<T> {
    value: T,
    validity: Validity,
    /// Somebody was told that it is not good, whatever its time.
    rejected: bool,
}

struct Failure {
    error: Error,
    at: Duration,
    /// How long it keeps others from trying; without it, until the value is replaced.
    cool_down: Option<Duration>,
}

impl Failure {
    fn holds(&self, now: Duration) -> bool {
        self.cool_down
            .is_none_or(|time| now < self.at.saturating_add(time) && self.at <= now.saturating_add(APART))
    }
}

impl<T> Kept<T> {
    fn is_usable(&self, now: Duration) -> bool {
        !self.rejected && now < self.validity.end
    }

    fn is_fresh(&self, now: Duration) -> bool {
        let set_back = self
            .validity
            .since
            .is_some_and(|since| now.saturating_add(APART) < since);
        self.is_usable(now) && now < self.validity.due && !set_back
    }
}

impl<T: Clone> State<T> {
    fn usable(&self, now: Duration) -> Option<T> {
        let kept = self.kept.as_ref().filter(|kept| kept.is_usable(now))?;
        Some(kept.value.clone())
    }

    fn set(&mut self, value: T, validity: Validity) {
        self.kept = Some(Kept {
            value,
            validity,
            rejected: false,
        });
        self.version = self.version.wrapping_add(1);
        self.failure = None;
    }
}

impl<T> Clone for Refreshing<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T> fmt::Debug for Refreshing<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Refreshing").finish_non_exhaustive()
    }
}

impl<T: Clone> Refreshing<T> {
    /// Nothing is there yet.
    #[cfg(any(feature = "oidc", feature = "management", test))]
    pub(crate) fn empty() -> Self {
        Self::with(None)
    }

    /// This one is there already.
    pub(crate) fn holding(value: T, validity: Validity) -> Self {
        Self::with(Some(Kept {
            value,
            validity,
            rejected: false,
        }))
    }

    fn with(kept: Option<Kept<T>>) -> Self {
        Self(Arc::new(Inner {
            state: Mutex::new(State {
                kept,
                flight: None,
                flights: 0,
                version: 0,
                failure: None,
            }),
            ended: Condvar::new(),
        }))
    }

    fn state(&self) -> MutexGuard<'_, State<T>> {
        // Nothing that runs under the lock can stop half-way.
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What to do at this time.
    pub(crate) fn step(&self, now: Duration) -> Step<T> {
        let mut state = self.state();
        if let Some(kept) = state.kept.as_ref().filter(|kept| kept.is_fresh(now)) {
            return Step::Use(kept.value.clone());
        }
        let usable = state.usable(now);
        let failure = state.failure.as_ref().filter(|failure| failure.holds(now));
        match (usable, failure, state.flight) {
            (Some(value), Some(_), _) | (Some(value), None, Some(_)) => Step::Use(value),
            (None, Some(failure), _) => Step::Failed(failure.error.echo()),
            (None, None, Some(flight)) => Step::Wait(flight),
            (_, None, None) => Step::Fetch(self.take_off(&mut state, now)),
        }
    }

    /// What to do for whom the value that `is_seen` will not do, whatever its time: use a newer one, wait for one, or fetch
    /// it where `may_fetch`. `None` where there is no newer one and none may be fetched.
    #[cfg(feature = "oidc")]
    pub(crate) fn step_past(
        &self,
        now: Duration,
        is_seen: impl FnOnce(&T) -> bool,
        may_fetch: impl FnOnce() -> bool,
    ) -> Option<Step<T>> {
        let mut state = self.state();
        if let Some(kept) = state.kept.as_ref().filter(|kept| kept.is_usable(now))
            && !is_seen(&kept.value)
        {
            return Some(Step::Use(kept.value.clone()));
        }
        if let Some(flight) = state.flight {
            return Some(Step::Wait(flight));
        }
        let failed = state.failure.as_ref().is_some_and(|failure| failure.holds(now));
        (!failed && may_fetch()).then(|| Step::Fetch(self.take_off(&mut state, now)))
    }

    fn take_off(&self, state: &mut State<T>, now: Duration) -> Ticket<T> {
        state.flights = state.flights.wrapping_add(1);
        let flight = Flight(state.flights);
        state.flight = Some(flight);
        Ticket {
            refreshing: self.clone(),
            flight,
            version: state.version,
            begun: now,
            kept: state.kept.as_ref().map(|kept| kept.value.clone()),
        }
    }

    /// Goes by the steps until there is a value or an error: waits where another fetches, and fetches by `fetch`.
    ///
    /// Fails with a time-out where the other takes longer than this caller may wait.
    pub(crate) fn get(
        &self,
        patience: Patience<'_>,
        fetch: &mut dyn FnMut(Ticket<T>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let step = &mut |now| Some(self.step(now));
        let value = self.drive(patience, step, fetch)?;
        value.ok_or_else(|| too_slow().into())
    }

    /// The same with [`step_past`](Self::step_past), or any other way to a step.
    pub(crate) fn drive(
        &self,
        patience: Patience<'_>,
        step: &mut dyn FnMut(Duration) -> Option<Step<T>>,
        fetch: &mut dyn FnMut(Ticket<T>) -> Result<T, Error>,
    ) -> Result<Option<T>, Error> {
        let Patience { system, limit } = patience;
        let begun = system.now();
        loop {
            match step(system.unix_time()) {
                None => return Ok(None),
                Some(Step::Use(value)) => return Ok(Some(value)),
                Some(Step::Failed(error)) => return Err(error),
                Some(Step::Fetch(ticket)) => return fetch(ticket).map(Some),
                Some(Step::Wait(flight)) => {
                    let left = limit.map(|limit| limit.saturating_sub(system.now().saturating_sub(begun)));
                    if !self.wait(flight, left) {
                        return Err(too_slow().into());
                    }
                }
            }
        }
    }

    /// Waits until a fetch has ended, for so long at the most. Whether it has.
    fn wait(&self, flight: Flight, limit: Option<Duration>) -> bool {
        let under_way = |state: &mut State<T>| state.flight == Some(flight);
        match limit {
            None => {
                let state = self.0.ended.wait_while(self.state(), under_way);
                drop(state.unwrap_or_else(PoisonError::into_inner));
                true
            }
            Some(limit) => {
                let waited = self.0.ended.wait_timeout_while(self.state(), limit, under_way);
                let (state, result) = waited.unwrap_or_else(PoisonError::into_inner);
                drop(state);
                !result.timed_out()
            }
        }
    }

    /// The value, whether it is good or not.
    pub(crate) fn kept(&self) -> Option<T> {
        self.state().kept.as_ref().map(|kept| kept.value.clone())
    }

    /// How often the value has changed.
    pub(crate) fn version(&self) -> u64 {
        self.state().version
    }

    /// Replaces the value. A fetch that is under way comes too late, and another may begin.
    pub(crate) fn replace(&self, value: T, validity: Validity) {
        let mut state = self.state();
        state.set(value, validity);
        state.flight = None;
        drop(state);
        self.0.ended.notify_all();
    }

    /// Changes how long the value is good.
    pub(crate) fn revalue(&self, validity: impl FnOnce(&T) -> Validity) {
        if let Some(kept) = &mut self.state().kept {
            kept.validity = validity(&kept.value);
        }
    }

    /// Says that the value is not good, although its time may not be over, if it `is_bad`: the next who asks fetches.
    pub(crate) fn reject(&self, is_bad: impl FnOnce(&T) -> bool) {
        if let Some(kept) = &mut self.state().kept
            && is_bad(&kept.value)
        {
            kept.rejected = true;
        }
    }
}

/// A fetch that has begun. Until it has ended, or was dropped, nobody else begins one.
pub(crate) struct Ticket<T: Clone> {
    refreshing: Refreshing<T>,
    flight: Flight,
    /// What is renewed. A value that replaced it meanwhile is newer than what is fetched.
    version: u64,
    begun: Duration,
    kept: Option<T>,
}

impl<T: Clone> Ticket<T> {
    /// When the fetch began.
    pub(crate) fn begun(&self) -> Duration {
        self.begun
    }

    /// The value that is renewed, good or not.
    pub(crate) fn kept(&self) -> Option<&T> {
        self.kept.as_ref()
    }

    /// Whether there is a value to go on with at this time.
    #[cfg(feature = "oidc")]
    pub(crate) fn has_usable(&self, now: Duration) -> bool {
        self.refreshing.state().usable(now).is_some()
    }

    /// It was fetched. Gives the value to use: another one where it was replaced meanwhile.
    pub(crate) fn fetched(self, value: T, validity: Validity) -> T {
        let mut state = self.refreshing.state();
        if state.version != self.version
            && let Some(kept) = &state.kept
        {
            return kept.value.clone();
        }
        state.set(value.clone(), validity);
        value
    }

    /// It could not be fetched, at this time, and is not to be tried again before the cool-down is over; without one, not
    /// before the value is replaced. Gives the kept value while it is good, else the error.
    pub(crate) fn failed(self, error: Error, now: Duration, cool_down: Option<Duration>) -> Result<T, Error> {
        let mut state = self.refreshing.state();
        if state.version == self.version {
            state.failure = Some(Failure {
                error: error.echo(),
                at: now,
                cool_down,
            });
        }
        state.usable(now).ok_or(error)
    }
}

/// However it ends, others may go on.
impl<T: Clone> Drop for Ticket<T> {
    fn drop(&mut self) {
        let mut state = self.refreshing.state();
        if state.flight == Some(self.flight) {
            state.flight = None;
        }
        drop(state);
        self.refreshing.0.ended.notify_all();
    }
}

fn too_slow() -> TransportError {
    TransportError::new(TransportErrorKind::Timeout, "somebody else's fetch of it took too long").reached_server(false)
}

/// How long a caller waits for somebody else's fetch, and by which clock.
#[derive(Clone, Copy)]
pub(crate) struct Patience<'a> {
    pub(crate) system: &'a dyn System,
    /// As long as it takes, where there is none.
    pub(crate) limit: Option<Duration>,
}

impl<C: Caller> AuthenticationClient<C> {
    /// The client's clock, and the limit of its calls.
    pub(crate) fn patience(&self) -> Result<Patience<'_>, Error> {
        Ok(Patience {
            system: &**self.system()?,
            limit: self.carrier().timeout,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
    use std::sync::mpsc;

    use super::*;
    use crate::error::RequestError;

    const fn at(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn failure(text: &str) -> Error {
        RequestError::new(text).into()
    }

    /// A word for each step, so that a test reads as a list of them.
    fn word(step: Step<&'static str>) -> String {
        match step {
            Step::Use(value) => format!("use {value}"),
            Step::Fetch(_) => "fetch".to_owned(),
            Step::Wait(_) => "wait".to_owned(),
            Step::Failed(error) => format!("failed: {error}"),
        }
    }

    fn ticket(it: &Refreshing<&'static str>, now: u64) -> Ticket<&'static str> {
        match it.step(at(now)) {
            Step::Fetch(ticket) => ticket,
            other => panic!("at {now}: {}", word(other)),
        }
    }

    /// A value that lives from 1000 to 1100 and is due at 1090.
    fn kept() -> Refreshing<&'static str> {
        Refreshing::holding("old", Validity::lifetime(at(1000), at(100), at(10)))
    }

    #[test]
    fn it_is_fetched_once_and_before_it_ends() {
        let it = Refreshing::empty();
        let first = ticket(&it, 1000);
        assert_eq!(word(it.step(at(1000))), "wait");
        assert_eq!(
            first.fetched("new", Validity::lifetime(at(1000), at(100), at(10))),
            "new"
        );
        assert_eq!(word(it.step(at(1000))), "use new");
        assert_eq!(word(it.step(at(1089))), "use new");
        assert_eq!(word(it.step(at(1090))), "fetch");
    }

    #[test]
    fn while_one_renews_others_use_what_is_good_and_wait_for_what_is_over() {
        let it = kept();
        let _renewing = ticket(&it, 1090);
        assert_eq!(word(it.step(at(1090))), "use old");
        assert_eq!(word(it.step(at(1099))), "use old");
        assert_eq!(word(it.step(at(1100))), "wait");
    }

    #[test]
    fn a_failure_is_not_repeated_before_its_time_whether_there_is_a_value_or_not() {
        let it = kept();
        let renewing = ticket(&it, 1090);
        assert_eq!(renewing.failed(failure("down"), at(1091), Some(at(60))).unwrap(), "old");
        assert_eq!(word(it.step(at(1099))), "use old");
        assert!(word(it.step(at(1100))).ends_with("down"));
        assert!(word(it.step(at(1150))).ends_with("down"));
        assert_eq!(word(it.step(at(1151))), "fetch");

        let it = Refreshing::empty();
        let first = ticket(&it, 1000);
        assert!(first.failed(failure("down"), at(1000), Some(at(10))).is_err());
        let fetches = (0..100).filter(|_| matches!(it.step(at(1009)), Step::Fetch(_))).count();
        assert_eq!(fetches, 0);
        assert_eq!(word(it.step(at(1010))), "fetch");
    }

    #[test]
    fn a_slow_failure_hands_out_nothing_that_ended_meanwhile() {
        let it = kept();
        let renewing = ticket(&it, 1099);
        assert!(renewing.failed(failure("slow"), at(1100), Some(at(10))).is_err());
    }

    #[test]
    fn a_failure_for_good_ends_when_the_value_is_replaced() {
        let it = kept();
        let _ = ticket(&it, 1090).failed(failure("void"), at(1090), None);
        assert!(word(it.step(at(1_000_000))).ends_with("void"));
        it.replace("other", Validity::lifetime(at(1_000_000), at(100), at(10)));
        assert_eq!(word(it.step(at(1_000_000))), "use other");
        assert_eq!(word(it.step(at(1_000_090))), "fetch");
    }

    #[test]
    fn an_early_renewal_longer_than_the_life_does_not_fetch_each_time() {
        let it = Refreshing::empty();
        let mut fetches = 0;
        for second in 1000..1100 {
            if let Step::Fetch(ticket) = it.step(at(second)) {
                fetches += 1;
                let begun = ticket.begun();
                ticket.fetched("new", Validity::lifetime(begun, at(100), at(3600)));
            }
        }
        assert_eq!(fetches, 10, "after each tenth of the life");
        // Not even where it has no life at all.
        let it = Refreshing::empty();
        ticket(&it, 1000).fetched("new", Validity::lifetime(at(1000), Duration::ZERO, at(60)));
        assert_eq!(word(it.step(at(1000))), "use new");
        assert_eq!(word(it.step(at(1001))), "fetch");
    }

    #[test]
    fn what_is_rejected_is_fetched_again_and_not_used() {
        let it = kept();
        it.reject(|value| *value == "something else");
        assert_eq!(word(it.step(at(1000))), "use old");
        it.reject(|value| *value == "old");
        let renewing = ticket(&it, 1000);
        assert_eq!(word(it.step(at(1000))), "wait");
        assert_eq!(renewing.kept(), Some(&"old"), "its refresh token may be good");
        assert!(renewing.failed(failure("down"), at(1000), Some(at(10))).is_err());
        // A rejection does not shorten the cool-down.
        it.reject(|value| *value == "old");
        assert!(word(it.step(at(1009))).ends_with("down"));
    }

    #[test]
    fn what_replaced_it_is_not_overwritten_and_can_be_renewed_at_once() {
        let it = kept();
        let late = ticket(&it, 1095);
        it.replace("other", Validity::lifetime(at(1095), at(10), at(5)));
        let newer = ticket(&it, 1100);
        assert_eq!(late.fetched("new", Validity::UNLIMITED), "other");
        // The late one's end is not the end of the other fetch.
        assert_eq!(word(it.step(at(1105))), "wait");
        assert_eq!(newer.fetched("newer", Validity::UNLIMITED), "newer");
        assert_eq!(it.version(), 2);

        let late = kept();
        let ticket = ticket(&late, 1095);
        late.replace("other", Validity::UNLIMITED);
        assert_eq!(ticket.failed(failure("late"), at(1096), None).unwrap(), "other");
        assert_eq!(word(late.step(at(u64::MAX - 1))), "use other");
    }

    #[test]
    fn one_that_is_given_up_lets_the_next_one_try() {
        let it = Refreshing::empty();
        let given_up = ticket(&it, 1000);
        assert_eq!(word(it.step(at(1000))), "wait");
        drop(given_up);
        assert_eq!(word(it.step(at(1000))), "fetch");
    }

    #[test]
    fn a_clock_that_is_set_back_makes_a_value_due_and_no_failure_longer() {
        let it = kept();
        assert_eq!(word(it.step(at(940))), "use old", "two threads looked at the clock");
        let renewing = ticket(&it, 939);
        assert_eq!(word(it.step(at(939))), "use old");
        let _ = renewing.failed(failure("down"), at(939), Some(at(10)));
        assert_eq!(word(it.step(at(939))), "use old");
        assert_eq!(word(it.step(at(879))), "use old");
        assert_eq!(word(it.step(at(878))), "fetch");
    }

    #[test]
    #[cfg(feature = "oidc")]
    fn old_values_are_used_for_as_long_as_is_allowed() {
        let validity = Validity::lifetime(at(1000), at(100), Duration::ZERO).with_stale(at(50));
        let it = Refreshing::holding("old", validity);
        assert_eq!(word(it.step(at(1099))), "use old");
        let renewing = ticket(&it, 1100);
        assert_eq!(word(it.step(at(1149))), "use old");
        assert_eq!(word(it.step(at(1150))), "wait");
        drop(renewing);
    }

    #[test]
    #[cfg(feature = "oidc")]
    fn who_needs_a_newer_value_gets_it_waits_for_it_or_fetches_it() {
        let it = kept();
        let past = |seen: &'static str, may: bool| it.step_past(at(1000), |value| *value == seen, || may);
        assert_eq!(word(past("older", false).unwrap()), "use old");
        assert!(past("old", false).is_none());
        let Some(Step::Fetch(fetching)) = past("old", true) else {
            panic!("it may be fetched")
        };
        assert_eq!(word(past("old", false).unwrap()), "wait");
        let _ = fetching.failed(failure("down"), at(1000), Some(at(10)));
        assert!(past("old", true).is_none(), "it has just failed");
        assert_eq!(word(it.step(at(1000))), "use old");
    }

    /// A clock that stands still, unless it is moved.
    struct Still(AtomicU64);

    impl System for Still {
        fn now(&self) -> Duration {
            at(self.0.load(Ordering::SeqCst))
        }
        fn unix_time(&self) -> Duration {
            self.now()
        }
        fn sleep(&self, _: Duration) {}
        fn random(&self, _: &mut [u8]) -> Result<(), Error> {
            Ok(())
        }
    }

    #[test]
    fn a_waiter_gives_up_when_its_own_time_is_up() {
        let (it, clock) = (Refreshing::<&str>::empty(), Still(AtomicU64::new(1000)));
        // Never ends by itself.
        let _slow = ticket(&it, 1000);
        let patience = Patience {
            system: &clock,
            limit: Some(Duration::from_millis(1)),
        };
        let error = it.get(patience, &mut |_| Ok("mine")).unwrap_err();
        assert!(error.is_timeout() && !error.may_have_taken_effect(), "{error}");
    }

    #[test]
    fn a_waiter_gets_the_end_of_the_fetch_that_it_waited_for() {
        let (it, clock) = (Refreshing::<&str>::empty(), Still(AtomicU64::new(1000)));
        let older = ticket(&it, 900);
        let _ = older.failed(failure("older"), at(900), Some(at(10)));
        for (newer, expected) in [(None, "mine"), (Some(failure("newer")), "newer")] {
            let fetching = ticket(&it, 1000);
            let calls = AtomicUsize::new(0);
            let (sender, receiver) = mpsc::channel();
            std::thread::scope(|scope| {
                let (it, clock, calls) = (&it, &clock, &calls);
                scope.spawn(move || {
                    let patience = Patience {
                        system: clock,
                        limit: None,
                    };
                    // Says that it found the fetch under way.
                    let step = &mut |now| {
                        let step = it.step(now);
                        if matches!(step, Step::Wait(_)) {
                            let _ = sender.send(());
                        }
                        Some(step)
                    };
                    let got = it.drive(patience, step, &mut |ticket| {
                        calls.fetch_add(1, Ordering::SeqCst);
                        ticket.failed(failure("mine"), at(900), Some(at(1)))
                    });
                    assert!(got.unwrap_err().to_string().ends_with(expected));
                });
                receiver.recv().unwrap();
                match newer {
                    // Given up: nobody knows more than before, and the waiter tries itself.
                    None => drop(fetching),
                    Some(error) => drop(fetching.failed(error, at(1000), Some(at(10)))),
                }
            });
            assert_eq!(calls.load(Ordering::SeqCst), usize::from(expected == "mine"));
        }
    }
}
