//! The emulator's time: the system clock, moved or held still as a test wants.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Milliseconds since the Unix epoch.
pub(crate) type Millis = u64;

/// The end of the year 9999, after which dates have no four-digit year and many programs no date at all.
pub(crate) const END_OF_TIME: Millis = 253_402_300_799_999;

/// The system clock plus an offset, or a moment at which it is held.
#[derive(Debug, Clone, Default)]
pub(crate) struct Clock {
    /// In milliseconds.
    offset: i64,
    held: Option<Millis>,
}

impl Clock {
    /// Not further than to the end of time.
    pub(crate) fn advance(&mut self, by: Duration) {
        let moment = self.now().saturating_add(millis(by));
        self.set(moment);
    }

    /// Jumps to a moment, from which it goes on unless it is held.
    pub(crate) fn set(&mut self, moment: Millis) {
        let moment = moment.min(END_OF_TIME);
        match &mut self.held {
            Some(held) => *held = moment,
            None => self.offset = signed(moment).saturating_sub(signed(system_now())),
        }
    }

    pub(crate) fn hold(&mut self) {
        self.held = Some(self.now());
    }

    /// Goes on from where it was held.
    pub(crate) fn release(&mut self) {
        if let Some(held) = self.held.take() {
            self.set(held);
        }
    }

    pub(crate) fn is_held(&self) -> bool {
        self.held.is_some()
    }

    pub(crate) fn now(&self) -> Millis {
        self.held.unwrap_or_else(|| {
            let moved = signed(system_now()).saturating_add(self.offset);
            Millis::try_from(moved).unwrap_or_default().min(END_OF_TIME)
        })
    }
}

fn system_now() -> Millis {
    millis(SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default())
}

fn signed(moment: Millis) -> i64 {
    i64::try_from(moment).unwrap_or(i64::MAX)
}

/// The length of a duration in milliseconds.
pub(crate) fn millis(duration: Duration) -> Millis {
    Millis::try_from(duration.as_millis()).unwrap_or(Millis::MAX)
}

/// The moment as a `SystemTime`.
pub(crate) fn system_time(moment: Millis) -> SystemTime {
    UNIX_EPOCH
        .checked_add(Duration::from_millis(moment))
        .unwrap_or(UNIX_EPOCH)
}

/// The moment as the service writes it: ISO 8601 in UTC with milliseconds and `Z`.
pub(crate) fn iso8601(moment: Millis) -> String {
    let seconds = moment / 1000;
    let (year, month, day) = civil_date(seconds / 86_400);
    format!(
        "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}.{:03}Z",
        seconds / 3600 % 24,
        seconds / 60 % 60,
        seconds % 60,
        moment % 1000
    )
}

/// The moment that such a text names; the milliseconds may be missing.
pub(crate) fn read_iso8601(text: &str) -> Option<Millis> {
    let (date, time) = text.strip_suffix('Z')?.split_once('T')?;
    let (time, fraction) = time.split_once('.').unwrap_or((time, "000"));
    let numbers = |text: &str, mark| -> Option<[u64; 3]> {
        let parts: Option<Vec<u64>> = text.split(mark).map(|part| part.parse().ok()).collect();
        parts?.try_into().ok()
    };
    let ([year, month, day], [hour, minute, second]) = (numbers(date, '-')?, numbers(time, ':')?);
    let milliseconds: u64 = fraction.parse().ok().filter(|_| fraction.len() == 3)?;
    let possible = (1970..=9999).contains(&year)
        && (1..=12).contains(&month)
        && (1..=31).contains(&day)
        && hour < 24
        && minute < 60
        && second < 60;
    if !possible {
        return None;
    }
    let days = days_until(year, month, day);
    // The 30th of February is a day of March, and no date.
    if civil_date(days) != (year, month, day) {
        return None;
    }
    Some(((days * 24 + hour) * 60 + minute) * 60_000 + second * 1000 + milliseconds)
}

// The Gregorian calendar, with years that begin in March: the leap day is their last.

const DAYS_BEFORE_1970: u64 = 719_468;

/// The Gregorian date of a day counted from 1 January 1970.
fn civil_date(days_since_epoch: u64) -> (u64, u64, u64) {
    let days = days_since_epoch.saturating_add(DAYS_BEFORE_1970);
    let (era, day) = (days / 146_097, days % 146_097);
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let from_march = (5 * day + 2) / 153;
    let day = day - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 {
        from_march + 3
    } else {
        from_march - 9
    };
    (era * 400 + year + u64::from(month <= 2), month, day)
}

/// How many days lie between 1 January 1970 and this date, which is not before it.
fn days_until(year: u64, month: u64, day: u64) -> u64 {
    let year = year - u64::from(month <= 2);
    let (era, year) = (year / 400, year % 400);
    let from_march = if month > 2 { month - 3 } else { month + 9 };
    let day = (153 * from_march + 2) / 5 + day - 1;
    era * 146_097 + year * 365 + year / 4 - year / 100 + day - DAYS_BEFORE_1970
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_and_reads_dates_as_the_service_does() {
        for (moment, text) in [
            (0, "1970-01-01T00:00:00.000Z"),
            (951_782_400_001, "2000-02-29T00:00:00.001Z"),
            (1_656_814_830_000, "2022-07-03T02:20:30.000Z"),
            (4_102_444_799_999, "2099-12-31T23:59:59.999Z"),
            (END_OF_TIME, "9999-12-31T23:59:59.999Z"),
        ] {
            assert_eq!(iso8601(moment), text);
            assert_eq!(read_iso8601(text), Some(moment));
        }
        assert_eq!(read_iso8601("2022-07-03T02:20:30Z"), Some(1_656_814_830_000));
        for bad in [
            "",
            "2022-07-03",
            "2022-07-03T02:20:30",
            "2022-02-30T00:00:00Z",
            "2022-13-01T00:00:00Z",
            "1969-12-31T23:59:59Z",
            "2022-07-03T24:00:00Z",
            "2022-07-03T02:20:30.5Z",
            "2022-07-03T02:20:18446744073709551615Z",
        ] {
            assert_eq!(read_iso8601(bad), None, "{bad}");
        }
        // Whatever the number, writing it takes a moment.
        assert!(iso8601(u64::MAX).ends_with('Z'));
    }

    #[test]
    fn every_day_has_a_date() {
        for day in 0..END_OF_TIME / 86_400_000 {
            let (year, month, date) = civil_date(day);
            assert_eq!(days_until(year, month, date), day);
        }
    }

    #[test]
    fn can_be_held_and_set() {
        let mut clock = Clock::default();
        clock.hold();
        let held = clock.now();
        clock.advance(Duration::from_secs(60));
        assert_eq!(clock.now(), held + 60_000);
        clock.set(1000);
        assert_eq!(clock.now(), 1000);
        clock.release();
        assert!((1000..100_000).contains(&clock.now()));
        clock.advance(Duration::MAX);
        assert_eq!(clock.now(), END_OF_TIME);
    }
}
