// error[E0616] field `profile`
// Factor and data are set together, by one constructor for each factor.
use genauth_core::authentication::mfa::SendEnrollFactorRequestDto;

fn main() {
    let mut request = SendEnrollFactorRequestDto::otp();
    request.profile = None;
}
