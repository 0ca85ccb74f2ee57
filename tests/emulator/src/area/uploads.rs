//! Files. They are kept, and can be fetched again from the address that the upload answers.

use data_encoding::BASE64;
use serde_json::{Value, json};

use crate::failure::{Answer, Failure, Reply};
use crate::random;
use crate::route::{Call, Caller, Route, get, post};
use crate::validate::Kind::{Any, Flag, Text};
use crate::validate::{may, need};

/// A file that was uploaded.
#[derive(Debug)]
pub(crate) struct Upload {
    key: String,
    content_type: String,
    content: Vec<u8>,
}

pub(crate) const ROUTES: &[Route] = &[
    post(
        "/api/v2/upload",
        Caller::AppOrUser,
        &[may("folder", Text), may("private", Flag), need("file", Any)],
        upload,
    ),
    get("/files/{folder}/{name}", Caller::Anyone, &[], download),
];

/// The envelope has two members more than usual.
fn upload(call: &mut Call<'_>) -> Answer {
    let content = call
        .maybe("file.content")
        .and_then(|text| BASE64.decode(text.as_bytes()).ok());
    let content =
        content.ok_or_else(|| Failure::invalid("file must be a part of a multipart form, with a file name"))?;
    let folder = call.maybe("folder").unwrap_or_else(|| "photos".to_owned());
    let plain = |text: &str| text.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c));
    if !plain(&folder) {
        return Err(Failure::invalid("参数 folder 格式错误"));
    }
    let file_name = call.text("file.fileName");
    let extension = file_name
        .rsplit_once('.')
        .map(|(_, extension)| extension)
        .filter(|extension| plain(extension));
    let key = format!("{folder}/{}.{}", random::object_id(), extension.unwrap_or("bin"));
    let content_type = call
        .maybe("file.contentType")
        .unwrap_or_else(|| "application/octet-stream".to_owned());
    let url = format!("{}/files/{key}", call.world.url);
    call.world.uploads.push(Upload {
        key: key.clone(),
        content_type,
        content,
    });
    let id = random::uuid();
    Ok(Reply::Bare(json!({
        "uniqueId": id,
        "code": 200,
        "statusCode": 200,
        "message": "",
        "requestId": id,
        "data": { "key": key, "url": url },
    })))
}

fn download(call: &mut Call<'_>) -> Answer {
    let key = format!("{}/{}", call.variable("folder"), call.variable("name"));
    let file = call.world.uploads.iter().find(|file| file.key == key);
    let file = file.ok_or_else(|| Failure::not_found("There is no such file"))?;
    Ok(Reply::Document {
        content_type: file.content_type.clone().into(),
        body: file.content.clone(),
    })
}

impl Upload {
    /// The file as a test sees it.
    pub(crate) fn to_json(&self) -> Value {
        json!({ "key": self.key, "contentType": self.content_type, "size": self.content.len() })
    }
}
