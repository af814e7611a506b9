"""A digitally signed scan: one picture, a stamp of a few words as its only text, and a signature over all of it."""

import io
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path

from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import PdfSignatureMetadata, SimpleSigner, sign_pdf
from pyhanko_certvalidator.registry import SimpleCertificateStore
from reportlab.lib.units import mm
from reportlab.pdfgen import canvas

from page import Pen, Run
from sample import Sample, place_scan
from typed import embedded

# 90–210 characters is what stamps of the usual signing tools leave (counting line ends).
STAMP = ["Người ký: Ủy ban nhân dân xã Đắk Mil", "Cơ quan: Ủy ban nhân dân tỉnh Lâm Đồng", "Thời gian ký: 24.07.2026 15:42:08 +07:00"]
STAMP_PEN = Pen(7.5, "", (190, 20, 30), "sans")
STAMP_LEFT_MM, STAMP_TOP_MM, STAMP_STEP_MM = 138, 10, 3.4


@dataclass
class SignedSample(Sample):
    def write(self, folder: Path) -> None:
        """The key lives for this call alone, so an existing file is left as it is."""
        sheet = self.sheets[0]
        sheet.blocks.insert(0, [Run(STAMP_LEFT_MM, STAMP_TOP_MM + n * STAMP_STEP_MM, line) for n, line in enumerate(STAMP)])
        path = folder / self.file
        if not path.exists():
            path.write_bytes(sign_bytes(self.stamped_pdf()))
        self.write_expectation(folder)

    def stamped_pdf(self) -> bytes:
        held, sheet = io.BytesIO(), self.sheets[0]
        pdf = canvas.Canvas(held, invariant=1, pageCompression=1)
        place_scan(pdf, sheet, self.pictures()[0], self.quality)
        pdf.setFillColorRGB(*(c / 255 for c in STAMP_PEN.ink))
        pdf.setFont(embedded(STAMP_PEN), STAMP_PEN.pt)
        for number, line in enumerate(STAMP):
            pdf.drawString(STAMP_LEFT_MM * mm, (sheet.height - STAMP_TOP_MM - number * STAMP_STEP_MM) * mm, line)
        pdf.showPage()
        pdf.save()
        return held.getvalue()


def sign_bytes(pdf: bytes) -> bytes:
    key, certificate = throwaway_identity()
    signer = SimpleSigner(signing_cert=certificate, signing_key=key, cert_registry=SimpleCertificateStore())
    out = io.BytesIO()
    sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)), PdfSignatureMetadata(field_name="KySo1", name="Ủy ban nhân dân xã Đắk Mil", location="Đắk Mil"), signer=signer, output=out)
    return out.getvalue()


def throwaway_identity():
    """A self-signed certificate of an invented signer; the key is never written anywhere."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COUNTRY_NAME, "VN"), x509.NameAttribute(x509.NameOID.ORGANIZATION_NAME, "Tổ chức mẫu (không có thật)"),
                      x509.NameAttribute(x509.NameOID.COMMON_NAME, "Ủy ban nhân dân xã Đắk Mil (mẫu)")])
    start = datetime(2026, 1, 1, tzinfo=timezone.utc)
    certificate = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(x509.random_serial_number())
        .not_valid_before(start).not_valid_after(start + timedelta(days=3650))
        .add_extension(x509.KeyUsage(True, True, False, False, False, False, False, False, False), critical=True)
        .sign(key, hashes.SHA256()))
    der = certificate.public_bytes(Encoding.DER)
    return asn1_keys.PrivateKeyInfo.load(key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())), asn1_x509.Certificate.load(der)
