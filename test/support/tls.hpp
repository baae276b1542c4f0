// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

#ifndef ASYNCINFO_TEST_SUPPORT_TLS_HPP
#define ASYNCINFO_TEST_SUPPORT_TLS_HPP

#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/verify_mode.hpp>

#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <memory>

namespace asyncinfo_test {

/// The two sides of TLS: a server with a certificate made on the spot, and a client that trusts it.
struct tls_contexts {
    boost::asio::ssl::context server{boost::asio::ssl::context::tls_server};
    boost::asio::ssl::context client{boost::asio::ssl::context::tls_client};

    tls_contexts() {
        const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(
            EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"), &EVP_PKEY_free);
        const std::unique_ptr<X509, decltype(&X509_free)> certificate(X509_new(), &X509_free);
        X509* const c = certificate.get();
        constexpr long day = 24 * 60 * 60;
        const unsigned char name[] = "asyncinfo test";
        X509_set_version(c, 2);
        ASN1_INTEGER_set(X509_get_serialNumber(c), 1);
        X509_gmtime_adj(X509_getm_notBefore(c), -day);
        X509_gmtime_adj(X509_getm_notAfter(c), day);
        X509_set_pubkey(c, key.get());
        X509_NAME_add_entry_by_txt(X509_get_subject_name(c), "CN", MBSTRING_ASC, name, -1, -1, 0);
        X509_set_issuer_name(c, X509_get_subject_name(c));
        X509_sign(c, key.get(), EVP_sha256());

        SSL_CTX_use_certificate(server.native_handle(), c);
        SSL_CTX_use_PrivateKey(server.native_handle(), key.get());
        X509_STORE_add_cert(SSL_CTX_get_cert_store(client.native_handle()), c);
        client.set_verify_mode(boost::asio::ssl::verify_peer);
    }
};

} // namespace asyncinfo_test

#endif // ASYNCINFO_TEST_SUPPORT_TLS_HPP
