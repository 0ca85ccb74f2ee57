//! The one way in which every call of every client is sent.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::{RetryPolicy, System};
use crate::error::{Error, RequestError};
use crate::operation::OperationInfo;
use crate::transport::{Timeout, Transport};

pub(crate) type Request = http::Request<Vec<u8>>;
pub(crate) type Response = http::Response<Vec<u8>>;

/// Reads an answer.
pub(crate) type Read<'a> = &'a mut dyn FnMut(&Response) -> Result<(), Error>;
/// Makes the request of one attempt ready, such as by signing it.
pub(crate) type Prepare<'a> = &'a mut dyn FnMut(Request) -> Result<Request, Error>;

/// What carries requests away and answers back: a transport, a clock, and what is done around a call.
#[derive(Clone)]
pub(crate) struct Carrier {
    pub(crate) transport: Arc<dyn Transport>,
    pub(crate) system: Option<Arc<dyn System>>,
    pub(crate) timeout: Option<Duration>,
    pub(crate) retry: Option<RetryPolicy>,
}

impl Carrier {
    pub(crate) fn new(transport: impl Transport + 'static) -> Self {
        Self {
            transport: Arc::new(transport),
            system: None,
            timeout: None,
            retry: None,
        }
    }

    /// The clock, sleep and random source. Fails where there is none.
    pub(crate) fn system(&self) -> Result<&Arc<dyn System>, Error> {
        self.system
            .as_ref()
            .ok_or_else(|| RequestError::setting("this needs a clock: give the client one by `with_system`").into())
    }

    /// The same with at most this much time for a call.
    pub(crate) fn within(&self, time: Duration) -> Self {
        let timeout = self.timeout.map_or(time, |timeout| timeout.min(time));
        Self {
            timeout: Some(timeout),
            ..self.clone()
        }
    }

    /// Sends a request, again where that is safe and may help, and reads the answer.
    pub(crate) fn send(
        &self,
        request: Request,
        info: &OperationInfo,
        prepare: Prepare<'_>,
        read: Read<'_>,
    ) -> Result<(), Error> {
        let retry = self.system.as_deref().zip(self.retry);
        let start = retry.map(|(system, _)| system.now());
        let elapsed = || {
            retry.zip(start).map_or(Duration::ZERO, |((system, _), start)| {
                system.now().saturating_sub(start)
            })
        };
        let mut request = Some(request);
        let mut attempt = 1;
        let mut last = None;
        loop {
            let left = match self.timeout.map(|timeout| timeout.saturating_sub(elapsed())) {
                // Waiting took longer than it should have: what happened last is the answer.
                Some(Duration::ZERO) => {
                    return Err(last.unwrap_or_else(|| RequestError::setting("there is no time for a call").into()));
                }
                left => left,
            };
            let again = retry.filter(|(_, policy)| policy.has_more(attempt));
            let copy = if again.is_some() {
                request.clone()
            } else {
                request.take()
            };
            let Some(copy) = copy else {
                return Err(last.unwrap_or_else(|| RequestError::setting("there is no request").into()));
            };
            let error = match self.attempt(copy, left, prepare, read) {
                Ok(()) => return Ok(()),
                Err(error) => error,
            };
            let Some((system, policy)) = again else {
                return Err(error);
            };
            let mut chance = [0; 4];
            // Without randomness the wait is half as long as it may be: no secret depends on it.
            let _ = system.random(&mut chance);
            let Some(wait) = policy.next(attempt, &error, info.repeatable, u32::from_le_bytes(chance)) else {
                return Err(error);
            };
            if self
                .timeout
                .is_some_and(|timeout| elapsed().saturating_add(wait) >= timeout)
            {
                return Err(error);
            }
            system.sleep(wait);
            last = Some(error);
            attempt += 1;
        }
    }

    fn attempt(
        &self,
        request: Request,
        left: Option<Duration>,
        prepare: Prepare<'_>,
        read: Read<'_>,
    ) -> Result<(), Error> {
        let mut request = prepare(request)?;
        if let Some(left) = left {
            request.extensions_mut().insert(Timeout(left));
        }
        read(&self.transport.send(request)?)
    }
}

impl fmt::Debug for Carrier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Carrier")
            .field("timeout", &self.timeout)
            .field("retry", &self.retry)
            .finish_non_exhaustive()
    }
}
