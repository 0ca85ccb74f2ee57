//! Lists that come in pages: the request for the next page, and an iterator over all items.

use std::collections::VecDeque;
use std::fmt;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::app::access::{Access, Caller};
use crate::client::{AuthenticationClient, Runs};
use crate::error::Error;
use crate::operation::Operation;

/// The most items that the service puts on a page.
pub const LARGEST_PAGE: i64 = 50;

/// The input of an operation that answers one page of a list.
pub trait Paged: Clone {
    /// The page (from 1) and the number of items on it, as far as they are set.
    fn page(&self) -> (Option<i64>, Option<i64>);

    /// Sets both.
    fn set_page(&mut self, page: i64, limit: i64);
}

/// One page of a list.
pub trait Page {
    /// What the list holds.
    type Item;

    /// The number of items on all pages, where the service tells it.
    fn total(&self) -> Option<i64>;

    /// The items of this page.
    fn into_items(self) -> Vec<Self::Item>;
}

impl<T> Page for Vec<T> {
    type Item = T;

    fn total(&self) -> Option<i64> {
        None
    }

    fn into_items(self) -> Self {
        self
    }
}

/// Makes an input and an answer a paged list.
macro_rules! paged {
    ($( $input:ident { $page:ident, $limit:ident } $(=> $answer:ident { $item:ty })?; )*) => { $(
        impl $crate::client::Paged for $input {
            fn page(&self) -> (Option<i64>, Option<i64>) {
                (self.$page, self.$limit)
            }

            fn set_page(&mut self, page: i64, limit: i64) {
                self.$page = Some(page);
                self.$limit = Some(limit);
            }
        }

        $(
            impl $crate::client::Page for $answer {
                type Item = $item;

                fn total(&self) -> Option<i64> {
                    self.total_count
                }

                fn into_items(self) -> Vec<$item> {
                    self.list
                }
            }
        )?
    )* };
}

pub(crate) use paged;

/// Where in a list of pages one is. It makes the input of the next page and takes its answer, so it serves any HTTP stack:
///
/// ```
/// use genauth_core::authentication::my_resources::{GET_LOGIN_HISTORY, GetMyLoginHistoryDto};
/// use genauth_core::client::Pages;
/// use genauth_core::{App, Error};
///
/// # let app = App::new("https://example.genauth.ai", "APP_ID")?.signed_in("ACCESS_TOKEN")?;
/// # let my_stack = |_request| http::Response::new(
/// #     br#"{"statusCode":200,"message":"","data":{"totalCount":1,"list":[{"success":true}]}}"#.to_vec());
/// let mut pages = Pages::new(GetMyLoginHistoryDto::new());
/// let mut entries = Vec::new();
/// while let Some(input) = pages.next_input() {
///     let response = my_stack(GET_LOGIN_HISTORY.request(&app, &input)?);
///     entries.extend(pages.accept(GET_LOGIN_HISTORY.reply(&response)?));
/// }
/// assert_eq!(entries.len(), 1);
/// # Ok::<(), Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Pages<Q> {
    input: Q,
    page: i64,
    limit: i64,
    seen: i64,
    /// The number of items on the largest page that came.
    largest: i64,
    finished: bool,
}

impl<Q: Paged> Pages<Q> {
    /// The pages from the one that the input asks for, or the first. The limit is the input's, or
    /// [the largest](LARGEST_PAGE); a larger one is cut down to it, for the service would refuse it.
    pub fn new(input: Q) -> Self {
        let (page, limit) = input.page();
        let page = page.unwrap_or(1).max(1);
        let limit = limit.unwrap_or(LARGEST_PAGE).clamp(1, LARGEST_PAGE);
        // What stands before the first page counts as seen, for the total counts it.
        Self {
            input,
            page,
            limit,
            seen: (page - 1).saturating_mul(limit),
            largest: 0,
            finished: false,
        }
    }

    /// The input of the next page; `None` behind the last one. It stays the same until [`accept`](Self::accept) is called,
    /// so a page that failed can be asked for again.
    pub fn next_input(&self) -> Option<Q> {
        (!self.finished).then(|| {
            let mut input = self.input.clone();
            input.set_page(self.page, self.limit);
            input
        })
    }

    /// Takes the answer for the last input, and hands on its items.
    pub fn accept<R: Page>(&mut self, answer: R) -> Vec<R::Item> {
        let total = answer.total();
        let items = answer.into_items();
        let count = i64::try_from(items.len()).unwrap_or(i64::MAX);
        self.seen = self.seen.saturating_add(count);
        self.page = self.page.saturating_add(1);
        self.finished = match total {
            _ if count == 0 => true,
            // A total that is less than what came is no total.
            Some(total) if total >= self.seen => total == self.seen,
            // The service may hand out less than asked for: a page is the last one if it is shorter than those before.
            _ => count < self.largest,
        };
        self.largest = self.largest.max(count);
        items
    }
}

/// Every item of a list, fetched page by page as it is asked for. See
/// [`AuthenticationClient::items`](crate::AuthenticationClient::items).
///
/// After an error it ends, so that no loop can run into the same failure for ever; [`resume`](Self::resume) goes on with the
/// page that failed.
pub struct Items<'a, K, Q, R: Page, A> {
    client: &'a K,
    operation: Operation<Q, R, A>,
    pages: Pages<Q>,
    ready: VecDeque<R::Item>,
    failed: bool,
}

impl<K, Q, R: Page, A> fmt::Debug for Items<'_, K, Q, R, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Items")
            .field("ready", &self.ready.len())
            .field("failed", &self.failed)
            .finish_non_exhaustive()
    }
}

impl<'a, K, Q: Paged, R: Page, A> Items<'a, K, Q, R, A> {
    pub(crate) fn new(client: &'a K, operation: &Operation<Q, R, A>, input: Q) -> Self {
        Self {
            client,
            operation: *operation,
            pages: Pages::new(input),
            ready: VecDeque::new(),
            failed: false,
        }
    }

    /// Goes on after an error, with the page that failed. No item is lost or seen twice.
    pub fn resume(&mut self) {
        self.failed = false;
    }
}

impl<C: Caller> AuthenticationClient<C> {
    /// Every item of a list, fetched page by page as it is asked for.
    ///
    /// ```no_run
    /// # fn example(client: &genauth_core::AuthenticationClient<genauth_core::access::SignedIn>) -> Result<(), genauth_core::Error> {
    /// use genauth_core::authentication::my_resources::{GET_LOGIN_HISTORY, GetMyLoginHistoryDto};
    ///
    /// for entry in client.items(&GET_LOGIN_HISTORY, GetMyLoginHistoryDto::new()) {
    ///     println!("{:?}", entry?.login_at);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn items<Q: Paged, R: Page, A: Access>(
        &self,
        operation: &Operation<Q, R, A>,
        input: Q,
    ) -> Items<'_, Self, Q, R, A>
    where
        Self: Runs<A>,
    {
        Items::new(self, operation, input)
    }
}

impl<K, Q, R, A> Iterator for Items<'_, K, Q, R, A>
where
    K: Runs<A>,
    Q: Paged + Serialize,
    R: Page + DeserializeOwned,
    A: Access,
{
    type Item = Result<R::Item, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(item) = self.ready.pop_front() {
                return Some(Ok(item));
            }
            if self.failed {
                return None;
            }
            let input = self.pages.next_input()?;
            match self.client.run(&self.operation, &input) {
                Ok(answer) => self.ready = self.pages.accept(answer).into(),
                Err(error) => {
                    self.failed = true;
                    return Some(Err(error));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use serde_json::json;

    use crate::authentication::devices::{LIST_MY_DEVICES, ListMyDevicesDto};
    use crate::authentication::my_resources::{GET_LOGIN_HISTORY, GetMyLoginHistoryDto};
    use crate::transport::{TransportError, TransportErrorKind};
    use crate::{App, AuthenticationClient};

    fn query(request: &http::Request<Vec<u8>>, name: &str) -> usize {
        let query = request.uri().query().unwrap();
        let pair = query
            .split('&')
            .find_map(|pair| pair.strip_prefix(&format!("{name}=")))
            .unwrap();
        pair.parse().unwrap()
    }

    /// A service with so many rows, which hands out no more than `most` at once.
    fn client(rows: usize, most: usize, total: bool) -> AuthenticationClient<crate::app::access::SignedIn> {
        let transport = move |request: http::Request<Vec<u8>>| -> Result<_, TransportError> {
            let (page, limit) = (query(&request, "page"), query(&request, "limit"));
            assert!(limit <= 50);
            let list: Vec<_> = (0..rows)
                .skip((page - 1) * limit.min(most))
                .take(limit.min(most))
                .map(|row| json!({ "loginAt": row.to_string(), "deviceUniqueId": row.to_string() }))
                .collect();
            let data = if total {
                json!({ "totalCount": rows, "list": list })
            } else {
                json!(list)
            };
            let body = json!({ "statusCode": 200, "message": "", "data": data });
            Ok(http::Response::new(body.to_string().into_bytes()))
        };
        let app = App::new("http://localhost", "app").unwrap();
        AuthenticationClient::new(app, transport).signed_in("token").unwrap()
    }

    #[test]
    fn every_item_comes_once() {
        for rows in [0, 1, 49, 50, 51, 100, 1000] {
            for most in [50, 20] {
                let client = client(rows, most, true);
                let seen: Vec<_> = client
                    .items(
                        &GET_LOGIN_HISTORY,
                        GetMyLoginHistoryDto::new().limit(i64::try_from(most).unwrap()),
                    )
                    .map(|entry| entry.unwrap().login_at.unwrap())
                    .collect();
                assert_eq!(seen, (0..rows).map(|row| row.to_string()).collect::<Vec<_>>());
            }
            let devices = client(rows, 50, false)
                .items(&LIST_MY_DEVICES, ListMyDevicesDto::new())
                .count();
            assert_eq!(devices, rows);
        }
    }

    #[test]
    fn starts_where_it_is_told_and_never_asks_for_too_much() {
        let client = client(100, 50, true);
        let input = GetMyLoginHistoryDto::new().page(2).limit(5000);
        assert_eq!(client.items(&GET_LOGIN_HISTORY, input).count(), 50);
    }

    #[test]
    fn ends_after_an_error_and_goes_on_when_told() {
        let calls = AtomicUsize::new(0);
        let service = client(120, 50, true);
        let transport = move |request: http::Request<Vec<u8>>| {
            // The second page fails twice.
            match calls.fetch_add(1, Ordering::Relaxed) {
                1 | 2 => Err(TransportError::new(TransportErrorKind::Connect, "down")),
                _ => service.carrier().transport.send(request),
            }
        };
        let client = AuthenticationClient::new(App::new("http://localhost", "app").unwrap(), transport)
            .signed_in("t")
            .unwrap();
        let mut items = client.items(&GET_LOGIN_HISTORY, GetMyLoginHistoryDto::new());
        let mut seen = Vec::new();
        let mut errors = 0;
        loop {
            match items.next() {
                Some(Ok(entry)) => seen.push(entry.login_at.unwrap()),
                Some(Err(_)) => {
                    errors += 1;
                    assert!(items.next().is_none());
                    items.resume();
                }
                None => break,
            }
        }
        assert_eq!(errors, 2);
        assert_eq!(seen, (0..120).map(|row| row.to_string()).collect::<Vec<_>>());
    }
}
