// compiles
use genauth_core::AuthenticationClient;
use genauth_core::authentication::profile::BindEmailDto;

fn main() {}

fn call(client: &AuthenticationClient) -> Result<(), genauth_core::Error> {
    client
        .signed_in("token")?
        .bind_email(&BindEmailDto::new("a@example.com", "123456"))
}
