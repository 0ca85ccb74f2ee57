//! Asking again until somebody has decided: sign-in by QR code and by push message.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::app::access::{Access, Anyone, Caller, Grants};
use crate::authentication::sign_in::scan::{
    CheckPushCodeStatusDataDto, CheckPushcodeStatusDto, CheckQRCodeStatusDataDto, GetQrcodeStatusDto, PushCodeStatus,
    QrCodeStatus,
};
use crate::authentication::sign_in::{CHECK_PUSH_CODE_STATUS, GET_QR_CODE_STATUS};
use crate::client::AuthenticationClient;
use crate::error::{Error, RequestError};
use crate::operation::Operation;
use crate::transport::{TransportError, TransportErrorKind};

/// An answer that is final at some time.
pub trait Pending {
    /// Whether nothing more will change.
    fn is_final(&self) -> bool;
}

impl Pending for CheckQRCodeStatusDataDto {
    fn is_final(&self) -> bool {
        matches!(
            self.status,
            Some(QrCodeStatus::Authorized | QrCodeStatus::Cancelled | QrCodeStatus::Expired | QrCodeStatus::Error)
        )
    }
}

impl Pending for CheckPushCodeStatusDataDto {
    fn is_final(&self) -> bool {
        matches!(
            self.status,
            Some(
                PushCodeStatus::Authorized
                    | PushCodeStatus::Cancelled
                    | PushCodeStatus::Expired
                    | PushCodeStatus::Error
            )
        )
    }
}

/// How often to ask, for how long, and who may call it off.
///
/// Without I/O, [`next_wait`](Self::next_wait) tells after each answer what to do:
///
/// ```
/// use std::time::Duration;
/// use genauth_core::client::{Next, Polling};
///
/// let polling = Polling::default();
/// // Ten seconds have passed and nobody has scanned the code yet.
/// assert_eq!(polling.next_wait(Duration::from_secs(10), false), Next::Wait(Duration::from_secs(2)));
/// assert_eq!(polling.next_wait(Duration::from_secs(12), true), Next::Finished);
/// assert_eq!(polling.next_wait(Duration::from_secs(120), false), Next::TimeUp);
/// ```
#[derive(Debug, Clone)]
pub struct Polling {
    interval: Duration,
    deadline: Duration,
    cancel: Cancel,
}

impl Default for Polling {
    /// Every two seconds, for the 120 seconds that a code lives.
    fn default() -> Self {
        Self {
            interval: Duration::from_secs(2),
            deadline: Duration::from_secs(120),
            cancel: Cancel::default(),
        }
    }
}

/// What to do after an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Next {
    /// The answer is final.
    Finished,
    /// Wait so long and ask again.
    Wait(Duration),
    /// Give up: the time is up.
    TimeUp,
    /// Give up: it was called off.
    Cancelled,
}

impl Polling {
    /// Sets how long to wait between two questions.
    pub fn with_interval(mut self, interval: Duration) -> Self {
        self.interval = interval;
        self
    }

    /// Sets after which time to give up.
    pub fn with_deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// Sets who may call it off.
    pub fn with_cancel(mut self, cancel: &Cancel) -> Self {
        self.cancel = cancel.clone();
        self
    }

    /// What to do after an answer that came when `elapsed` had passed since the first question.
    pub fn next_wait(&self, elapsed: Duration, is_final: bool) -> Next {
        if is_final {
            Next::Finished
        } else if self.cancel.is_cancelled() {
            Next::Cancelled
        } else {
            match self.deadline.checked_sub(elapsed) {
                Some(left) if !left.is_zero() => Next::Wait(self.interval.min(left)),
                _ => Next::TimeUp,
            }
        }
    }
}

/// Calls off a [`Polling`], from any thread. Clones call off the same.
#[derive(Debug, Clone, Default)]
pub struct Cancel(Arc<AtomicBool>);

impl Cancel {
    /// Calls it off: no further question is asked, and the wait ends with an error of kind
    /// [`Cancelled`](TransportErrorKind::Cancelled). A wait that has begun is not cut short.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether it was called off.
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

impl<C: Caller> AuthenticationClient<C> {
    /// Asks until the answer is final, and hands that one on. Whether somebody agreed stands in it.
    ///
    /// Needs a clock and a sleep: see [`with_system`](Self::with_system). Fails with a transport error of kind
    /// [`Timeout`](TransportErrorKind::Timeout) or [`Cancelled`](TransportErrorKind::Cancelled) when it gives up, and with the
    /// error of a question that fails.
    pub fn poll<Q: Serialize, R: DeserializeOwned + Pending, A: Access>(
        &self,
        operation: &Operation<Q, R, A>,
        input: &Q,
        polling: &Polling,
    ) -> Result<R, Error>
    where
        C: Grants<A>,
    {
        let Some(system) = self.shared.system.clone() else {
            return Err(RequestError::new("waiting needs a clock: give the client one by `with_system`").into());
        };
        let start = system.now();
        loop {
            let answer = self.call(operation, input)?;
            match polling.next_wait(system.now().saturating_sub(start), answer.is_final()) {
                Next::Finished => return Ok(answer),
                Next::Wait(wait) => system.sleep(wait),
                Next::TimeUp => return Err(gave_up(TransportErrorKind::Timeout, "nobody decided in time")),
                Next::Cancelled => return Err(gave_up(TransportErrorKind::Cancelled, "the wait was called off")),
            }
            if polling.cancel.is_cancelled() {
                return Err(gave_up(TransportErrorKind::Cancelled, "the wait was called off"));
            }
        }
    }

    /// Waits until a QR code of [`gene_qr_code`](Self::gene_qr_code) is authorised, called off or expired. When it is
    /// authorised, the answer holds a ticket for
    /// [`exchange_token_set_with_qr_code_ticket`](Self::exchange_token_set_with_qr_code_ticket), or, where the console allows
    /// it, the tokens. Fails as [`poll`](Self::poll) does.
    pub fn wait_for_qr_code(&self, qrcode_id: &str, polling: &Polling) -> Result<CheckQRCodeStatusDataDto, Error>
    where
        C: Grants<Anyone>,
    {
        self.poll(&GET_QR_CODE_STATUS, &GetQrcodeStatusDto::new(qrcode_id), polling)
    }

    /// Waits until a push message of [`sign_in_by_push`](Self::sign_in_by_push) is answered or expired. When it is
    /// authorised, the answer holds the tokens. Fails as [`poll`](Self::poll) does.
    pub fn wait_for_push_code(&self, push_code_id: &str, polling: &Polling) -> Result<CheckPushCodeStatusDataDto, Error>
    where
        C: Grants<Anyone>,
    {
        self.poll(
            &CHECK_PUSH_CODE_STATUS,
            &CheckPushcodeStatusDto::new(push_code_id),
            polling,
        )
    }
}

fn gave_up(kind: TransportErrorKind, why: &str) -> Error {
    TransportError::new(kind, why).reached_server(false).into()
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;
    use crate::App;
    use crate::client::System;

    /// A clock that only sleeping moves.
    #[derive(Default)]
    struct FakeTime(Mutex<Duration>, Option<(Duration, Cancel)>);

    impl System for FakeTime {
        fn now(&self) -> Duration {
            *self.0.lock().unwrap()
        }
        fn unix_time(&self) -> Duration {
            self.now()
        }
        fn sleep(&self, time: Duration) {
            let mut now = self.0.lock().unwrap();
            *now += time;
            if let Some((at, cancel)) = &self.1
                && *now >= *at
            {
                cancel.cancel();
            }
        }
        fn random(&self, _: &mut [u8]) -> Result<(), Error> {
            Ok(())
        }
    }

    fn client(states: &[&str], time: FakeTime) -> (AuthenticationClient, Arc<Mutex<usize>>) {
        let states: Vec<String> = states.iter().map(ToString::to_string).collect();
        let asked = Arc::new(Mutex::new(0));
        let count = Arc::clone(&asked);
        let transport = move |_: http::Request<Vec<u8>>| -> Result<_, TransportError> {
            let mut asked = count.lock().unwrap();
            let state = states.get(*asked).unwrap_or(states.last().unwrap());
            *asked += 1;
            let body = format!(r#"{{"statusCode":200,"message":"","data":{{"status":"{state}"}}}}"#);
            Ok(http::Response::new(body.into_bytes()))
        };
        let app = App::new("http://localhost", "app").unwrap();
        (AuthenticationClient::new(app, transport).with_system(time), asked)
    }

    #[test]
    fn waits_for_a_final_state() {
        for last in ["AUTHORIZED", "CANCELLED", "EXPIRED", "ERROR"] {
            let (client, asked) = client(&["PENDING", "SCANNED", "NEW-STATE", last], FakeTime::default());
            let answer = client.wait_for_qr_code("id", &Polling::default()).unwrap();
            assert_eq!(answer.status.unwrap().as_str(), last);
            assert_eq!(*asked.lock().unwrap(), 4);
        }
    }

    #[test]
    fn gives_up_when_the_time_is_up() {
        let (client, asked) = client(&["PUSHED"], FakeTime::default());
        let error = client
            .wait_for_push_code("id", &Polling::default().with_deadline(Duration::from_secs(9)))
            .unwrap_err();
        assert!(error.is_timeout(), "{error}");
        // At 0, 2, 4, 6, 8 and, with the last second, 9.
        assert_eq!(*asked.lock().unwrap(), 6);
    }

    #[test]
    fn gives_up_when_called_off() {
        let cancel = Cancel::default();
        let time = FakeTime(Mutex::default(), Some((Duration::from_secs(4), cancel.clone())));
        let (client, asked) = client(&["PENDING"], time);
        let error = client
            .wait_for_qr_code("id", &Polling::default().with_cancel(&cancel))
            .unwrap_err();
        assert!(matches!(&error, Error::Transport(error) if error.kind() == TransportErrorKind::Cancelled));
        assert_eq!(*asked.lock().unwrap(), 2);
    }

    #[test]
    fn needs_a_clock() {
        let transport =
            |_: http::Request<Vec<u8>>| -> Result<http::Response<Vec<u8>>, TransportError> { panic!("asked") };
        let client = AuthenticationClient::new(App::new("http://localhost", "app").unwrap(), transport);
        assert!(matches!(
            client.wait_for_qr_code("id", &Polling::default()),
            Err(Error::Request(_))
        ));
    }
}
