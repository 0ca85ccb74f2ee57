// error[E0639] cannot create non-exhaustive struct
// A field that comes later must not break anybody.
use genauth_core::Secret;
use genauth_core::authentication::profile::BindEmailDto;

fn main() {
    let _ = BindEmailDto {
        email: String::new(),
        pass_code: Secret::new("123456"),
    };
}
