package io.s4db.cli.place;

import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;

import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

import software.amazon.awssdk.http.apache5.Apache5HttpClient;

/**
 * The HTTP client for an endpoint without TLS: it does not read the certificates that the
 * machine trusts, which is a fifth of what a short command takes, and trusts none.
 */
final class NoTls implements X509TrustManager {

	private NoTls() {
	}

	static Apache5HttpClient.Builder client() {
		return Apache5HttpClient.builder().tlsTrustManagersProvider(() -> new TrustManager[] { new NoTls() });
	}

	@Override
	public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
		throw refused();
	}

	@Override
	public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
		throw refused();
	}

	@Override
	public X509Certificate[] getAcceptedIssuers() {
		return new X509Certificate[0];
	}

	private static CertificateException refused() {
		return new CertificateException("The endpoint is named with http://, and nothing is trusted there");
	}

}
