// error[E0308] SignInByWechatPayloadDto
// Each connection of a mobile app takes its own payload.
use genauth_core::authentication::sign_in::mobile::{MobileCredentials, SignInByApplePayloadDto};

fn main() {
    let apple = SignInByApplePayloadDto::new();
    let _ = MobileCredentials::Wechat(apple);
}
