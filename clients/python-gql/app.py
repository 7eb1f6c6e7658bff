"""gql over HTTP and WebSocket, as its documentation begins."""
import asyncio
import json
import os
import secrets

from gql import Client, FileVar, gql
from gql.transport.aiohttp import AIOHTTPTransport
from gql.transport.websockets import WebsocketsTransport

HTTP = os.environ["GRAPH"]
REGISTER = """mutation ($input: RegisterInput!) { register(input: $input) {
  ... on RegisterPayload { tokens { accessToken } user { id } } ... on UserError { code message } } }"""
UPLOAD = """mutation ($file: Upload!) { uploadFile(input: {file: $file, purpose: MESSAGE}) {
  ... on UploadFilePayload { file { name } } ... on UserError { code message } } }"""


def check(name, is_good, found=None):
    print(f"ok {name}" if is_good else f"FAIL {name}: {json.dumps(found, default=str)}")


async def ask(text, variables=None, token=None, schema=False, files=False):
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    transport = AIOHTTPTransport(url=HTTP, headers=headers)
    async with Client(transport=transport, fetch_schema_from_transport=schema) as session:
        document = gql(text)
        document.variable_values = variables
        return await session.execute(document, upload_files=files)


async def main():
    name = "py" + secrets.token_hex(4)
    person = {"userName": name, "email": f"{name}@example.com", "password": "correct horse battery"}
    token = (await ask(REGISTER, {"input": person}))["register"]["tokens"]["accessToken"]
    found = await ask("{ viewer { userName } }", token=token, schema=True)
    check("a query, checked with the schema of the address", found["viewer"]["userName"] == name, found)
    with open("a.png", "wb") as picture:
        picture.write(bytes.fromhex(os.environ["PICTURE"]))
    found = await ask(UPLOAD, {"file": FileVar("a.png", content_type="image/png")}, token, files=True)
    check("an upload", found["uploadFile"].get("file") is not None, found)
    init = {"Authorization": f"Bearer {token}"}
    transport = WebsocketsTransport(url=HTTP.replace("http", "ws"), init_payload=init)
    async with Client(transport=transport) as session:
        async for event in session.subscribe(gql("subscription { inbox { __typename } }")):
            check("a subscription", event["inbox"]["__typename"] == "InboxStarted", event)
            break


asyncio.run(main())
