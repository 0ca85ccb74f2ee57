//! What anybody may know.

use serde_json::{Value, json};

use crate::failure::{Answer, Reply};
use crate::password;
use crate::route::{Call, Caller, Route, get, post};
use crate::validate::Kind::Text;
use crate::validate::need;

pub(crate) const ROUTES: &[Route] = &[
    get("/api/v3/system", Caller::Anyone, &[], system),
    get("/api/v3/get-country-list", Caller::Anyone, &[], country_list),
    post(
        "/api/v3/check-app-id-secret",
        Caller::Anyone,
        &[need("appId", Text), need("appSecret", Text)],
        check_app_id_secret,
    ),
];

/// The one answer of this API that has no envelope.
fn system(call: &mut Call<'_>) -> Answer {
    Ok(Reply::Bare(json!({
        "rsa": { "publicKey": password::rsa_public()? },
        "sm2": { "publicKey": call.world.password_keys.sm2_public() },
        "version": { "server": "2.0.0", "console": "2.0.0", "login": "2.0.0" },
        "publicIps": ["127.0.0.1"],
    })))
}

fn country_list(_: &mut Call<'_>) -> Answer {
    Ok(Reply::Data(COUNTRIES.iter().map(Country::to_json).collect()))
}

fn check_app_id_secret(call: &mut Call<'_>) -> Answer {
    let settings = &call.world.settings;
    let valid = call.text("appId") == settings.app_id && call.text("appSecret") == settings.app_secret;
    let message = if valid {
        ""
    } else {
        "The application id and the secret do not belong together"
    };
    Ok(Reply::Data(json!({ "valid": valid, "message": message })))
}

struct Country {
    alpha2: &'static str,
    alpha3: &'static str,
    phone: &'static str,
    /// In simplified Chinese, English, traditional Chinese and Japanese.
    names: [&'static str; 4],
}

const fn country(alpha2: &'static str, alpha3: &'static str, phone: &'static str, names: [&'static str; 4]) -> Country {
    Country {
        alpha2,
        alpha3,
        phone,
        names,
    }
}

/// A selection: enough to fill a menu.
const COUNTRIES: &[Country] = &[
    country("CN", "CHN", "+86", ["中国", "China", "中國", "中国"]),
    country("HK", "HKG", "+852", ["中国香港", "Hong Kong", "中國香港", "香港"]),
    country("MO", "MAC", "+853", ["中国澳门", "Macao", "中國澳門", "マカオ"]),
    country("TW", "TWN", "+886", ["中国台湾", "Taiwan", "中國台灣", "台湾"]),
    country("US", "USA", "+1", ["美国", "United States", "美國", "アメリカ合衆国"]),
    country("CA", "CAN", "+1", ["加拿大", "Canada", "加拿大", "カナダ"]),
    country("MX", "MEX", "+52", ["墨西哥", "Mexico", "墨西哥", "メキシコ"]),
    country("BR", "BRA", "+55", ["巴西", "Brazil", "巴西", "ブラジル"]),
    country("AR", "ARG", "+54", ["阿根廷", "Argentina", "阿根廷", "アルゼンチン"]),
    country("GB", "GBR", "+44", ["英国", "United Kingdom", "英國", "イギリス"]),
    country("IE", "IRL", "+353", ["爱尔兰", "Ireland", "愛爾蘭", "アイルランド"]),
    country("FR", "FRA", "+33", ["法国", "France", "法國", "フランス"]),
    country("DE", "DEU", "+49", ["德国", "Germany", "德國", "ドイツ"]),
    country("AT", "AUT", "+43", ["奥地利", "Austria", "奧地利", "オーストリア"]),
    country("CH", "CHE", "+41", ["瑞士", "Switzerland", "瑞士", "スイス"]),
    country("IT", "ITA", "+39", ["意大利", "Italy", "義大利", "イタリア"]),
    country("ES", "ESP", "+34", ["西班牙", "Spain", "西班牙", "スペイン"]),
    country("PT", "PRT", "+351", ["葡萄牙", "Portugal", "葡萄牙", "ポルトガル"]),
    country("NL", "NLD", "+31", ["荷兰", "Netherlands", "荷蘭", "オランダ"]),
    country("BE", "BEL", "+32", ["比利时", "Belgium", "比利時", "ベルギー"]),
    country("SE", "SWE", "+46", ["瑞典", "Sweden", "瑞典", "スウェーデン"]),
    country("NO", "NOR", "+47", ["挪威", "Norway", "挪威", "ノルウェー"]),
    country("DK", "DNK", "+45", ["丹麦", "Denmark", "丹麥", "デンマーク"]),
    country("FI", "FIN", "+358", ["芬兰", "Finland", "芬蘭", "フィンランド"]),
    country("PL", "POL", "+48", ["波兰", "Poland", "波蘭", "ポーランド"]),
    country("RU", "RUS", "+7", ["俄罗斯", "Russia", "俄羅斯", "ロシア"]),
    country("TR", "TUR", "+90", ["土耳其", "Turkey", "土耳其", "トルコ"]),
    country(
        "AE",
        "ARE",
        "+971",
        ["阿联酋", "United Arab Emirates", "阿聯酋", "アラブ首長国連邦"],
    ),
    country("IN", "IND", "+91", ["印度", "India", "印度", "インド"]),
    country("ID", "IDN", "+62", ["印度尼西亚", "Indonesia", "印尼", "インドネシア"]),
    country("MY", "MYS", "+60", ["马来西亚", "Malaysia", "馬來西亞", "マレーシア"]),
    country("SG", "SGP", "+65", ["新加坡", "Singapore", "新加坡", "シンガポール"]),
    country("TH", "THA", "+66", ["泰国", "Thailand", "泰國", "タイ"]),
    country("VN", "VNM", "+84", ["越南", "Vietnam", "越南", "ベトナム"]),
    country("PH", "PHL", "+63", ["菲律宾", "Philippines", "菲律賓", "フィリピン"]),
    country("JP", "JPN", "+81", ["日本", "Japan", "日本", "日本"]),
    country("KR", "KOR", "+82", ["韩国", "South Korea", "韓國", "大韓民国"]),
    country("AU", "AUS", "+61", ["澳大利亚", "Australia", "澳洲", "オーストラリア"]),
    country(
        "NZ",
        "NZL",
        "+64",
        ["新西兰", "New Zealand", "紐西蘭", "ニュージーランド"],
    ),
    country("ZA", "ZAF", "+27", ["南非", "South Africa", "南非", "南アフリカ"]),
    country("EG", "EGY", "+20", ["埃及", "Egypt", "埃及", "エジプト"]),
];

impl Country {
    fn to_json(&self) -> Value {
        // A flag is written with one "regional indicator" for each letter of the code.
        let flag: String = self
            .alpha2
            .chars()
            .filter_map(|letter| char::from_u32(u32::from(letter) - 0x41 + 0x1_f1e6))
            .collect();
        let [simplified, english, traditional, japanese] =
            self.names.map(|name| json!({ "enabled": true, "value": name }));
        json!({
            "alpha2": self.alpha2,
            "alpha3": self.alpha3,
            "phoneCountryCode": self.phone,
            "flag": flag,
            "name": { "zh-CN": simplified, "en-US": english, "zh-TW": traditional, "ja-JP": japanese },
        })
    }
}
