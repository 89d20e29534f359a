using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Wharf.Build.Attestations.Packages;
using Wharf.Oci.Images;
using Wharf.Primitives;

namespace Wharf.Build.Attestations;

/// <summary>A bill of materials: SPDX specification 2.3, JSON form.</summary>
internal static partial class SpdxDocument
{
    public const string PredicateType = "https://spdx.dev/Document";

    private const string Unknown = "NOASSERTION", Document = "SPDXRef-DOCUMENT", Root = "SPDXRef-Image";

    /// <param name="image">Of which the packages are.</param>
    /// <param name="name">Of the image; its id when it has none.</param>
    /// <param name="packages">What was found.</param>
    /// <param name="made">Time of the document.</param>
    public static byte[] Write(Digest image, string name, IReadOnlyList<FoundPackage> packages, DateTimeOffset made)
    {
        using var memory = new MemoryStream();
        using (var writer = new Utf8JsonWriter(memory, new JsonWriterOptions { Encoder = GoJsonEncoder.Instance }))
        {
            writer.WriteStartObject();
            writer.WriteString("spdxVersion", "SPDX-2.3");
            writer.WriteString("dataLicense", "CC0-1.0");
            writer.WriteString("SPDXID", Document);
            writer.WriteString("name", name);
            writer.WriteString("documentNamespace", $"https://spdx.org/spdxdocs/image-{image.Encoded}");
            writer.WriteStartObject("creationInfo");
            writer.WriteStartArray("creators");
            writer.WriteStringValue("Organization: Wharf");
            writer.WriteStringValue("Tool: wharf-packages");
            writer.WriteEndArray();
            writer.WriteString("created", made.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
            writer.WriteEndObject();
            writer.WriteStartArray("packages");
            WriteImage(writer, image, name);
            foreach (FoundPackage package in packages)
            {
                WritePackage(writer, package);
            }

            writer.WriteEndArray();
            writer.WriteStartArray("relationships");
            WriteRelationship(writer, Document, "DESCRIBES", Root);
            foreach (FoundPackage package in packages)
            {
                WriteRelationship(writer, Root, "CONTAINS", Id(package));
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return memory.ToArray();
    }

    private static void WriteImage(Utf8JsonWriter writer, Digest image, string name)
    {
        writer.WriteStartObject();
        writer.WriteString("name", name);
        writer.WriteString("SPDXID", Root);
        writer.WriteString("versionInfo", image.ToString());
        writer.WriteString("downloadLocation", Unknown);
        writer.WriteBoolean("filesAnalyzed", false);
        writer.WriteString("primaryPackagePurpose", "CONTAINER");
        writer.WriteEndObject();
    }

    private static void WritePackage(Utf8JsonWriter writer, FoundPackage package)
    {
        writer.WriteStartObject();
        writer.WriteString("name", package.Name);
        writer.WriteString("SPDXID", Id(package));
        if (package.Version.Length > 0)
        {
            writer.WriteString("versionInfo", package.Version);
        }

        writer.WriteString("supplier", package.Supplier is { Length: > 0 } supplier ? Person(supplier) : Unknown);
        writer.WriteString("downloadLocation", Unknown);
        writer.WriteBoolean("filesAnalyzed", false);
        writer.WriteString("sourceInfo", $"told by {package.Origin}");
        writer.WriteString("licenseConcluded", Unknown);
        bool isExpression = package.License is { Length: > 0 } license && IsExpression(license);
        writer.WriteString("licenseDeclared", isExpression ? package.License : Unknown);
        if (!isExpression && package.License is { Length: > 0 } said)
        {
            writer.WriteString("licenseComments", said);
        }

        writer.WriteString("copyrightText", Unknown);
        if (Uri.TryCreate(package.Homepage, UriKind.Absolute, out Uri? page) && page.Scheme is "http" or "https")
        {
            writer.WriteString("homepage", package.Homepage);
        }

        if (package.Description is { Length: > 0 } description)
        {
            writer.WriteString("description", description);
        }

        writer.WriteStartArray("externalRefs");
        writer.WriteStartObject();
        writer.WriteString("referenceCategory", "PACKAGE-MANAGER");
        writer.WriteString("referenceType", "purl");
        writer.WriteString("referenceLocator", package.Url);
        writer.WriteEndObject();
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void WriteRelationship(Utf8JsonWriter writer, string from, string kind, string to)
    {
        writer.WriteStartObject();
        writer.WriteString("spdxElementId", from);
        writer.WriteString("relationshipType", kind);
        writer.WriteString("relatedSpdxElement", to);
        writer.WriteEndObject();
    }

    /// <summary>"Name &lt;mail&gt;" as SPDX has it: clause 7.5.</summary>
    private static string Person(string text)
    {
        Match match = Mailbox().Match(text);
        return match.Success ? $"Person: {match.Groups[1].Value.Trim().Trim('"')} ({match.Groups[2].Value})" : $"Person: {text}";
    }

    /// <summary>Letters, digits, dots and hyphens are all that an id may have; the digest keeps two of them apart.</summary>
    private static string Id(FoundPackage package)
    {
        string name = NotInIds().Replace(package.Name, "-");
        return $"SPDXRef-Package-{name}-{Digest.Sha256(Encoding.UTF8.GetBytes(package.Url)).Encoded[..16]}";
    }

    /// <summary>Identifiers joined by AND, OR and WITH: annex D. Nearly all have a version, and those without one are few; "GPL" is none.</summary>
    private static bool IsExpression(string license) => LicenseExpression().IsMatch(license)
        && LicenseWord().Matches(license).Select(m => m.Value).All(w => w is "AND" or "OR" or "WITH" || Unversioned.Contains(w) || w.Any(char.IsAsciiDigit));

    private static readonly HashSet<string> Unversioned = ["MIT", "ISC", "Zlib", "Unlicense", "X11", "curl", "OpenSSL", "Ruby", "Vim", "TCL", "NTP", "bzip2-1.0.6", "BlueOak-1.0.0", "PostgreSQL", "HPND", "libtiff", "IJG"];

    [GeneratedRegex(@"[A-Za-z0-9.+-]+")]
    private static partial Regex LicenseWord();

    [GeneratedRegex("[^A-Za-z0-9.-]")]
    private static partial Regex NotInIds();

    [GeneratedRegex(@"^([^<]*)<([^<>]+)>$")]
    private static partial Regex Mailbox();

    [GeneratedRegex(@"^\(*[A-Za-z0-9.+-]+\)*( (AND|OR|WITH) \(*[A-Za-z0-9.+-]+\)*)*$")]
    private static partial Regex LicenseExpression();
}
