// error[E0277] `App` may not call an operation that needs `genauth_core::access::User`
// error[E0277] client.signed_in(token)
use genauth_core::AuthenticationClient;
use genauth_core::authentication::profile::BindEmailDto;

fn main() {}

fn call(client: &AuthenticationClient) {
    let _ = client.bind_email(&BindEmailDto::new("a@example.com", "123456"));
}
