"""What may be handed in: judged by name, size and content together; what is refused leaves nothing behind."""

import io
import os
import zipfile
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from obstore.store import MemoryStore

from core.documents.blobs import S3Store
from core.documents.uploads import (
    MATERIAL_KINDS,
    MATERIAL_LIMIT,
    SCAN_KINDS,
    FileKind,
    PdfWatch,
    check_upload,
    receive,
)
from core.errors import RuleRefusal

PDF = b"%PDF-1.7\n1 0 obj <</Type /Catalog>> endobj\ntrailer <</Root 1 0 R>>\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + (800).to_bytes(4, "big") + (600).to_bytes(4, "big") + b"\x08\x02\0\0\0"
JPEG = (
    b"\xff\xd8\xff\xe0\0\x10JFIF" + bytes(10) + b"\xff\xff\xc0\0\x11\x08" + b"\x02\x58\x03\x20" + bytes(9) + b"\xff\xd9"
)
OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


def package(*names: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return made.getvalue()


def stream(name: str) -> bytes:
    return name.encode("utf-16-le") + b"\0\0"


DOCX = package("[Content_Types].xml", "word/document.xml")
XLSX = package("[Content_Types].xml", "xl/workbook.xml")
OFD = package("OFD.xml", "Doc_0/Document.xml")
DOC = OLD + stream("WordDocument")
XLS = OLD + stream("Workbook")


@pytest.fixture
def store() -> S3Store:
    return S3Store(MemoryStore())


def hand_in(store, name, content, *, allowed=MATERIAL_KINDS, limit=MATERIAL_LIMIT, cut=7):
    chunks = [content[at : at + cut] for at in range(0, len(content), cut)]
    return receive(chunks, store, filename=name, allowed=allowed, limit=limit)


def refusal(store, name, content, **rules) -> str:
    with pytest.raises(RuleRefusal) as refused:
        hand_in(store, name, content, **rules)
    assert list(store.held()) == []
    assert refused.value.field == "file"
    return refused.value.words


@pytest.mark.parametrize(
    ("name", "content", "media_type"),
    [
        ("可行性研究报告.pdf", PDF, "application/pdf"),
        ("营业执照.JPG", JPEG, "image/jpeg"),
        ("营业执照.jpeg", JPEG, "image/jpeg"),
        ("总平面图.png", PNG, "image/png"),
        ("批复.ofd", OFD, "application/ofd"),
        ("申请书.doc", DOC, "application/msword"),
        ("申请书.docx", DOCX, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        ("概算.xls", XLS, "application/vnd.ms-excel"),
        ("概算.xlsx", XLSX, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ],
)
def test_a14_1d_each_kind_of_material_is_taken(store, name, content, media_type):
    received = hand_in(store, name, content)
    assert (received.name, received.media_type, received.size) == (name, media_type, len(content))
    assert b"".join(store.read_chunks(received.digest)) == content


def test_an_empty_file_is_refused(store):
    assert "空文件" in refusal(store, "报告.pdf", b"")


def test_a_file_over_the_limit_is_refused_with_both_sizes(store):
    with pytest.raises(RuleRefusal, match=r"62\.3 MB，超过上限 50 MB"):
        check_upload("图纸.pdf", PDF, 65_300_000, allowed=MATERIAL_KINDS, limit=MATERIAL_LIMIT)
    assert "超过上限 1 KB" in refusal(store, "图纸.pdf", PDF + bytes(2000), limit=1024)


def test_a_file_of_exactly_the_limit_is_taken(store):
    assert hand_in(store, "图纸.pdf", PDF, limit=len(PDF)).size == len(PDF)


def test_receiving_stops_at_the_limit_however_long_the_sender_goes_on(store):
    sent = []

    def endless() -> Iterator[bytes]:
        while True:
            sent.append(1)
            yield PDF + bytes(4096)

    with pytest.raises(RuleRefusal, match="超过上限"):
        receive(endless(), store, filename="图纸.pdf", allowed=MATERIAL_KINDS, limit=20_000)
    assert len(sent) <= 6


def test_a14_4a_a_decision_is_scanned_as_pdf_only(store):
    assert hand_in(store, "批复.pdf", PDF, allowed=SCAN_KINDS).media_type == "application/pdf"
    assert "请上传 PDF 文件" in refusal(S3Store(MemoryStore()), "批复.jpg", JPEG, allowed=SCAN_KINDS)


@pytest.mark.parametrize("name", ["程序.exe", "图.svg", "网页.html", "压缩.zip", "报告.pdf.exe", "无扩展名"])
def test_other_kinds_are_refused_with_those_taken(store, name):
    assert "请上传 PDF、JPG、PNG、OFD、DOC、DOCX、XLS、XLSX 文件" in refusal(store, name, PDF)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("报告.pdf", JPEG, "扩展名是 PDF，内容是JPG 图片"),
        ("照片.jpg", PDF, "扩展名是 JPG，内容是PDF 文件"),
        ("报告.pdf", b"MZ\x90\0" + PDF, "无法识别的文件"),
        ("报告.pdf", b"\n" + PDF, "无法识别的文件"),
        ("申请书.docx", OLD, "旧版 Office"),
        ("申请书.docx", XLSX, "内容不是DOCX 文档"),
        ("概算.xlsx", package("a.txt"), "内容不是XLSX 表格"),
        ("批复.ofd", DOCX, "内容不是OFD 文件"),
        ("申请书.doc", XLS, "内容不是DOC 文档"),
        ("概算.xls", DOC, "内容不是XLS 表格"),
    ],
)
def test_ending_and_content_must_agree(store, name, content, words):
    assert words in refusal(store, name, content)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("报告.pdf", PDF.replace(b"/Catalog", b"/Catalog /S /JavaScript /JS (app.alert\\(1\\))"), "脚本"),
        ("报告.pdf", PDF.replace(b"/Catalog", b"/Catalog/S/J#61va#53cript"), "脚本"),
        ("报告.pdf", PDF.replace(b"/Catalog", b"/Catalog/Names<</JavaScript 3 0 R>>"), "脚本"),
        ("报告.pdf", PDF.replace(b"/Catalog", b"/Catalog /S/Launch/F(cmd.exe)"), "启动程序"),
        ("报告.pdf", PDF.replace(b"/Catalog", b"/Catalog /EmbeddedFiles 3 0 R"), "附件"),
        ("报告.pdf", PDF.replace(b"/Catalog", b"/Type/Embedded#46ile"), "附件"),
        ("报告.pdf", PDF.replace(b"/Catalog", b"/Subtype/RichMedia"), "多媒体"),
        ("报告.pdf", PDF + b"/Launch", "启动程序"),
        ("报告.pdf", PDF[:-6], "不完整"),
        ("报告.pdf", PDF + bytes(2000), "不完整"),
        ("申请书.docx", package("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"), "宏"),
        ("申请书.doc", DOC + stream("_VBA_PROJECT"), "宏"),
        ("申请书.docx", package("[Content_Types].xml", "word/document.xml", "../../x"), "内部路径异常"),
        ("申请书.docx", DOCX[:-30], "不完整"),
        ("大图.png", PNG[:16] + b"\0\0\xff\xff\0\0\xff\xff" + PNG[24:], "像素"),
        ("大图.jpg", JPEG.replace(b"\x02\x58\x03\x20", b"\xff\xff\xff\xff"), "像素"),
        ("坏图.png", PNG[:14], "不完整"),
        ("坏图.jpg", JPEG[:8], "不完整"),
    ],
)
@pytest.mark.parametrize("cut", [1, 7, 5000])
def test_dangerous_or_broken_content_is_refused_however_it_is_cut(store, name, content, words, cut):
    assert words in refusal(store, name, content, cut=cut)


def test_a_package_that_would_burst_is_refused(store):
    content = bytearray(DOCX)
    listed = content.find(b"PK\x01\x02")
    content[listed + 24 : listed + 28] = (0x7FFFFFFF).to_bytes(4, "little")
    assert "超过 1 GB" in refusal(store, "申请书.docx", bytes(content))


@pytest.mark.parametrize("word", [b"/LaunchPad ", b"/JavaScripture/", b"/JS (x)", b"JavaScript ", b"(/Launching)"])
@pytest.mark.parametrize("cut", [1, 3, 5000])
def test_harmless_names_in_a_pdf_are_no_reason_to_refuse(store, word, cut):
    assert hand_in(store, "报告.pdf", PDF.replace(b"trailer", word + b"trailer"), cut=cut).size


@given(at=st.integers(0, 200), cut=st.integers(1, 300), name=st.sampled_from([b"/JavaScript ", b"/#4caunch>"]))
def test_a_forbidden_name_is_found_wherever_it_stands(at, cut, name):
    content, watch = bytes(at) + name + bytes(200 - at) + b"%%EOF", PdfWatch()
    for start in range(0, len(content), cut):
        watch.see(content[start : start + cut])
    assert "请打印为" in watch.verdict()


def test_noise_is_no_reason_to_refuse():
    watch = PdfWatch()
    for _ in range(8):
        watch.see(os.urandom(1024 * 1024))
    watch.see(b"%%EOF")
    assert watch.verdict() is None


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("C:\\fakepath\\报告.pdf", "报告.pdf"),
        ("/home/li/报告.pdf", "报告.pdf"),
        ("  报告（终稿）.pdf ", "报告（终稿）.pdf"),
        ("附件1..2版.pdf", "附件1..2版.pdf"),
        ("re\u0301sume\u0301.pdf", "r\u00e9sum\u00e9.pdf"),
    ],
)
def test_a_name_is_cleaned_to_its_last_part(sent, kept):
    assert check_upload(sent, PDF, 100, allowed=MATERIAL_KINDS, limit=1000).name == kept


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("../../etc/passwd.pdf", "上级目录"),
        ("..\\报告.pdf", "上级目录"),
        ("报告\0.pdf", "不可见字符"),
        ("报告\n.pdf", "不可见字符"),
        ("报告\u202efdp.exe.pdf", "不可见字符"),
        ("报\u200b告.pdf", "不可见字符"),
        ("报告\u2028.pdf", "不可见字符"),
        ("报告\ud800.pdf", "不可见字符"),
        (".htaccess.pdf", "以点开头"),
        ("报告.pdf.", "以点开头或结尾"),
        ("CON.pdf", "保留"),
        ("com1.pdf", "保留"),
        ('报告".pdf', "保留"),
        ("报告<b>.pdf", "保留"),
        ("", "没有名称"),
        ("folder/", "没有名称"),
        ("长" * 97 + ".pdf", "101 个字，超过 100 个字"),
    ],
)
def test_a_hostile_name_is_refused_with_clear_words(name, words):
    with pytest.raises(RuleRefusal, match=words) as refused:
        check_upload(name, PDF, 100, allowed=MATERIAL_KINDS, limit=1000)
    assert "请改名后再上传" in refused.value.words


@given(st.text(max_size=120))
def test_no_accepted_name_can_leave_its_folder_or_break_a_header(name):
    try:
        kept = check_upload(name + ".pdf", PDF, 100, allowed=[FileKind.PDF], limit=1000).name
    except RuleRefusal:
        return
    assert not set(kept) & set('/\\"\r\n\0<>')
    assert not kept.startswith(".")
    assert len(kept) <= 100
