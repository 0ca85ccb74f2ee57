// error[E0277] `App` may not call an operation that needs `genauth_core::access::User`
// error[E0277] app.signed_in(token)
use genauth_core::App;
use genauth_core::authentication::profile::{BIND_EMAIL, BindEmailDto};

fn main() {}

fn call(app: &App) {
    let _ = BIND_EMAIL.request(app, &BindEmailDto::new("a@example.com", "123456"));
}
