package io.s4db.spring.autoconfigure;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.xpath.XPath;
import javax.xml.xpath.XPathConstants;
import javax.xml.xpath.XPathFactory;

import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that {@code s4db-bom} has every module that is published, with its version.
 */
class BomTests {

	private static final File PROJECT = Path.of("..").toFile();

	private static final XPath XPATH = XPathFactory.newInstance().newXPath();

	@Test
	void shouldHaveWhatIsPublished() throws Exception {
		Document parent = pom(PROJECT);
		List<String> published = new ArrayList<>();
		for (String module : texts(parent, "/project/modules/module")) {
			Document pom = pom(new File(PROJECT, module));
			boolean skipped = texts(pom, "/project/properties/maven.deploy.skip").contains("true");
			if (!skipped && !module.equals("s4db-bom")) {
				published.addAll(texts(pom, "/project/artifactId"));
			}
		}
		Document bom = pom(new File(PROJECT, "s4db-bom"));
		assertThat(texts(bom, "/project/dependencyManagement/dependencies/dependency/artifactId"))
			.containsExactlyInAnyOrderElementsOf(published);
		assertThat(texts(bom, "/project/version")).isEqualTo(texts(parent, "/project/version"));
		assertThat(texts(bom, "/project/parent")).isEmpty();
	}

	private static Document pom(File folder) throws Exception {
		return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new File(folder, "pom.xml"));
	}

	private static List<String> texts(Document document, String path) throws Exception {
		NodeList nodes = (NodeList) XPATH.evaluate(path, document, XPathConstants.NODESET);
		List<String> texts = new ArrayList<>();
		for (int i = 0; i < nodes.getLength(); i++) {
			texts.add(nodes.item(i).getTextContent().strip());
		}
		return texts;
	}

}
