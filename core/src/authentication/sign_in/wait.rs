//! Waiting until somebody has decided on another device.

use super::scan::{
    CheckPushCodeStatusDataDto, CheckPushcodeStatusDto, CheckQRCodeStatusDataDto, GetQrcodeStatusDto, PushCodeStatus,
    QrCodeStatus,
};
use super::{CHECK_PUSH_CODE_STATUS, GET_QR_CODE_STATUS};
use crate::app::access::{Anyone, Grants};
use crate::client::{AuthenticationClient, Pending, Polling};
use crate::error::Error;

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

impl<C: Grants<Anyone>> AuthenticationClient<C> {
    /// Waits until a QR code of [`gene_qr_code`](Self::gene_qr_code) is authorised, called off or expired. When it is
    /// authorised, the answer holds a ticket for
    /// [`exchange_token_set_with_qr_code_ticket`](Self::exchange_token_set_with_qr_code_ticket), or, where the console allows
    /// it, the tokens. Fails as [`poll`](Self::poll) does.
    pub fn wait_for_qr_code(&self, qrcode_id: &str, polling: &Polling) -> Result<CheckQRCodeStatusDataDto, Error> {
        self.poll(&GET_QR_CODE_STATUS, &GetQrcodeStatusDto::new(qrcode_id), polling)
    }

    /// Waits until a push message of [`sign_in_by_push`](Self::sign_in_by_push) is answered or expired. When it is
    /// authorised, the answer holds the tokens. Fails as [`poll`](Self::poll) does.
    pub fn wait_for_push_code(
        &self,
        push_code_id: &str,
        polling: &Polling,
    ) -> Result<CheckPushCodeStatusDataDto, Error> {
        self.poll(
            &CHECK_PUSH_CODE_STATUS,
            &CheckPushcodeStatusDto::new(push_code_id),
            polling,
        )
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;
    use std::sync::Arc;
    use std::time::Duration;

    use crate::App;
    use crate::client::{Cancel, System};
    use crate::transport::{TransportError, TransportErrorKind};

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
        // At 0, 2, 4 and 6; what is asked at 8 is the last, for at 10 it is too late.
        assert_eq!(*asked.lock().unwrap(), 5);
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
