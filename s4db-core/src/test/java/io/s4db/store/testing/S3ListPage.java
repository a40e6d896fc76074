package io.s4db.store.testing;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;

import io.s4db.store.testing.S3Buckets.Item;

/**
 * One page of a list.
 */
final class S3ListPage {

	private static final int MAX_KEYS = 1000;

	private final NavigableMap<String, Item> items;

	private final Set<S3Quirk> quirks;

	private final Map<String, String> query;

	private final StringBuilder contents = new StringBuilder();

	private final TreeSet<String> commonPrefixes = new TreeSet<>();

	private int count;

	S3ListPage(S3Request request, NavigableMap<String, Item> items, Set<S3Quirk> quirks) {
		this.query = request.query();
		this.items = items;
		this.quirks = quirks;
	}

	String xml() {
		String prefix = this.quirks.contains(S3Quirk.IGNORES_LIST_PREFIXES) ? ""
				: this.query.getOrDefault("prefix", "");
		String token = this.quirks.contains(S3Quirk.IGNORES_LIST_TOKENS) ? null : this.query.get("continuation-token");
		String after = (token != null) ? new String(Base64.getUrlDecoder().decode(token), StandardCharsets.UTF_8)
				: this.query.getOrDefault("start-after", "");
		int maxKeys = Math.min(this.quirks.contains(S3Quirk.LISTS_SMALL_PAGES) ? 2 : MAX_KEYS,
				Integer.parseInt(this.query.getOrDefault("max-keys", "" + MAX_KEYS)));
		String last = "";
		boolean truncated = false;
		for (Map.Entry<String, Item> entry : from(prefix, after).entrySet()) {
			if (!entry.getKey().startsWith(prefix)) {
				break;
			}
			if (this.count >= maxKeys) {
				truncated = true;
				break;
			}
			last = entry.getKey();
			add(prefix, entry.getKey(), entry.getValue());
		}
		return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ListBucketResult><IsTruncated>" + truncated
				+ "</IsTruncated>" + (truncated ? nextToken(last) : "")
				+ (this.query.containsKey("encoding-type") && !this.quirks.contains(S3Quirk.ENCODES_KEYS_SILENTLY)
						? "<EncodingType>url</EncodingType>" : "")
				+ this.contents + "<KeyCount>" + this.count + "</KeyCount></ListBucketResult>";
	}

	private NavigableMap<String, Item> from(String prefix, String after) {
		boolean beyond = this.items.comparator().compare(after, prefix) >= 0;
		return beyond ? this.items.tailMap(after, after.isEmpty()) : this.items.tailMap(prefix, true);
	}

	private String nextToken(String last) {
		if (this.quirks.contains(S3Quirk.OMITS_LIST_TOKENS)) {
			return "";
		}
		String next = this.quirks.contains(S3Quirk.IGNORES_LIST_TOKENS) ? UUID.randomUUID().toString()
				: this.quirks.contains(S3Quirk.REPEATS_LIST_TOKENS) ? token(this.items.firstKey()) : token(last);
		return "<NextContinuationToken>" + next + "</NextContinuationToken>";
	}

	private static String token(String key) {
		return Base64.getUrlEncoder().encodeToString(key.getBytes(StandardCharsets.UTF_8));
	}

	private void add(String prefix, String key, Item item) {
		String delimiter = this.quirks.contains(S3Quirk.IGNORES_LIST_PREFIXES) ? ""
				: this.query.getOrDefault("delimiter", "");
		int end = delimiter.isEmpty() ? -1 : key.indexOf(delimiter, prefix.length());
		if (end >= 0) {
			String common = key.substring(0, end + delimiter.length());
			if (this.commonPrefixes.add(common)) {
				this.count++;
				this.contents.append("<CommonPrefixes><Prefix>")
					.append(encode(common))
					.append("</Prefix></CommonPrefixes>");
			}
			return;
		}
		this.count++;
		for (int i = 0; i < (this.quirks.contains(S3Quirk.LISTS_TWICE) ? 2 : 1); i++) {
			this.contents.append("<Contents><Key>")
				.append(encode(key))
				.append("</Key><LastModified>")
				.append(item.lastModified())
				.append("</LastModified><ETag>&quot;")
				.append(item.eTag())
				.append("&quot;</ETag><Size>")
				.append(item.bytes().length)
				.append("</Size></Contents>");
		}
	}

	private String encode(String key) {
		return this.query.containsKey("encoding-type") ? URLEncoder.encode(key, StandardCharsets.UTF_8)
				: key.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
	}

}
