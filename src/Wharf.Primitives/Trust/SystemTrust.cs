using System.Runtime.InteropServices;

namespace Wharf.Primitives.Trust;

/// <summary>
/// Where this machine keeps the certificates of the authorities it trusts. OpenSSL is linked into our programs and knows one place, that of the distribution
/// they were built on; others keep them elsewhere.
/// </summary>
public static partial class SystemTrust
{
    private const string FileVariable = "SSL_CERT_FILE", FolderVariable = "SSL_CERT_DIR";

    // Debian and Alpine; Fedora and RHEL; openSUSE; OpenELEC; CentOS; Alpine and the BSDs' layout.
    private static readonly string[] Bundles =
    [
        "/etc/ssl/certs/ca-certificates.crt",
        "/etc/pki/tls/certs/ca-bundle.crt",
        "/etc/ssl/ca-bundle.pem",
        "/etc/pki/tls/cacert.pem",
        "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
        "/etc/ssl/cert.pem",
    ];

    private static readonly string[] Folders = ["/etc/ssl/certs", "/etc/pki/tls/certs"];

    /// <summary>Points OpenSSL at the certificates, unless the user did (openssl-env(7)). To be called before the first connection with TLS.</summary>
    public static void Find() => Find(Environment.GetEnvironmentVariable, File.Exists, Directory.Exists, Set);

    internal static void Find(Func<string, string?> variable, Func<string, bool> fileExists, Func<string, bool> folderExists, Action<string, string> set)
    {
        if (!string.IsNullOrEmpty(variable(FileVariable)) || !string.IsNullOrEmpty(variable(FolderVariable)))
        {
            return;
        }

        if (Bundles.FirstOrDefault(fileExists) is string bundle)
        {
            set(FileVariable, bundle);
        }

        if (Folders.FirstOrDefault(folderExists) is string folder)
        {
            set(FolderVariable, folder);
        }
    }

    // OpenSSL reads the C library's variables; the framework's are a copy.
    private static void Set(string name, string value)
    {
        if (SetEnvironment(name, value, 1) != 0)
        {
            throw WharfException.Internal($"setenv {name}: errno {Marshal.GetLastPInvokeError()}");
        }
    }

    [LibraryImport("libc", EntryPoint = "setenv", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironment(string name, string value, int overwrite);
}
