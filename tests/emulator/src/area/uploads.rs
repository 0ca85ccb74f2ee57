//! Files. The latest are kept, and can be fetched again from the address that the upload answers.

use std::collections::VecDeque;

use axum::body::Bytes;
use serde_json::{Value, json};

use crate::failure::{Answer, Failure, Reply};
use crate::random;
use crate::route::{Call, Caller, Route, get, post};
use crate::validate::Kind::{Any, Flag, Text};
use crate::validate::{may, need};

/// How many bytes are kept of all files together; older files go.
const TOTAL_LIMIT: usize = 64 * 1024 * 1024;

/// A file that was uploaded.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct UploadedFile {
    /// Its folder and name, which its address ends with.
    pub key: String,
    /// As the upload named it.
    pub content_type: String,
    /// Its bytes.
    pub content: Bytes,
}

/// The latest files, oldest first.
#[derive(Debug, Clone, Default)]
pub(crate) struct Uploads {
    files: VecDeque<UploadedFile>,
    bytes: usize,
}

impl Uploads {
    fn add(&mut self, file: UploadedFile) {
        self.bytes += file.content.len();
        self.files.push_back(file);
        while self.bytes > TOTAL_LIMIT {
            let Some(oldest) = self.files.pop_front() else { return };
            self.bytes -= oldest.content.len();
        }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &UploadedFile> {
        self.files.iter()
    }
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
    let content = call.file("file").cloned();
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
    call.world.uploads.add(UploadedFile {
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
        body: file.content.to_vec(),
    })
}

impl UploadedFile {
    pub(crate) fn to_json(&self, url: &str) -> Value {
        json!({
            "key": self.key,
            "contentType": self.content_type,
            "size": self.content.len(),
            "url": format!("{url}/files/{}", self.key),
        })
    }
}
