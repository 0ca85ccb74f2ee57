// error[E0061] this function takes 1 argument but 2 arguments were supplied
// A sign-in has one payload: it is the connection.
use genauth_core::authentication::sign_in::{SignInByAdPayloadDto, SignInByLdapPayloadDto, SigninByCredentialsDto};

fn main() {
    let ad = SignInByAdPayloadDto::new("password", "account");
    let ldap = SignInByLdapPayloadDto::new("password", "account");
    let _ = SigninByCredentialsDto::new(ad, ldap);
}
