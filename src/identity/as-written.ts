/**
 * Parts of messages that others have signed or named, for @peculiar/asn1-cms. It would take them apart and write them
 * again in its own way, and a certificate of which one byte is another has no valid signature.
 */
import { IssuerAndSerialNumber } from "@peculiar/asn1-cms";
import { Certificate } from "@peculiar/asn1-x509";
import { Primitive } from "asn1js";
import { parts, readBer } from "./ber.ts";
import { readCertificateFields } from "./certificate-fields.ts";
import { concat, TAG } from "./der.ts";

const UNIVERSAL = 1;
const SEQUENCE = 16;

/** A SEQUENCE whose content asn1js takes for bytes. */
function sequenceOf(...content: readonly Uint8Array[]): Primitive {
  const block = new Primitive({
    idBlock: { tagClass: UNIVERSAL, tagNumber: SEQUENCE },
    valueHex: concat(...content),
  });
  block.idBlock.isConstructed = true;
  return block;
}

/** A certificate that is written as it is. Its fields are those of an empty one: it is for writing only. */
export class CertificateAsWritten extends Certificate {
  readonly #der: Uint8Array;

  constructor(der: Uint8Array) {
    super();
    this.#der = der;
  }

  toASN(): Primitive {
    return sequenceOf(...parts(readBer(this.#der), TAG.sequence).map(({ raw }) => raw));
  }

  /** The library asks for both; nothing is read. */
  fromASN(): this {
    throw new Error("for writing only");
  }
}

/** The name of a certificate (DER) in CMS: issuer and serial number as they stand in it. For writing only. */
export class IssuerAndSerialAsWritten extends IssuerAndSerialNumber {
  readonly #certificateDer: Uint8Array;

  constructor(certificateDer: Uint8Array) {
    super();
    this.#certificateDer = certificateDer;
  }

  toASN(): Primitive {
    const { issuerDer, serialDer } = readCertificateFields(this.#certificateDer);
    return sequenceOf(issuerDer, serialDer);
  }

  /** The library asks for both; nothing is read. */
  fromASN(): this {
    throw new Error("for writing only");
  }
}
