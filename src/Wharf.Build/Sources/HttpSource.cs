using System.Net;
using System.Security.Cryptography;
using Wharf.Primitives;

namespace Wharf.Build.Sources;

/// <summary>Files that ADD and remote contexts fetch by http and https. Redirects stay within these schemes; size and time are bounded.</summary>
public static class HttpSource
{
    private const long MaxBytes = 8L << 30;
    private static readonly TimeSpan MaxTime = TimeSpan.FromMinutes(30);
    private static readonly HttpClient Client = new(new SocketsHttpHandler
    {
        AutomaticDecompression = DecompressionMethods.None,
        MaxAutomaticRedirections = 10,
        ConnectTimeout = TimeSpan.FromSeconds(30),
        ConnectCallback = SourceAddress.ConnectAsync,
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    public static bool IsUrl(string word) =>
        (word.StartsWith("http://", StringComparison.OrdinalIgnoreCase) || word.StartsWith("https://", StringComparison.OrdinalIgnoreCase)) && !GitSource.IsGit(word);

    /// <summary>Downloads into a folder; a file that the URL gives no name is called "download".</summary>
    /// <param name="url">http or https.</param>
    /// <param name="folder">Where the file goes.</param>
    /// <param name="checksum">sha256:HEX that the content must have; null for none.</param>
    /// <param name="authorization">Value of the Authorization header, for this host alone; redirects elsewhere do not get it.</param>
    /// <param name="caller">Ends it.</param>
    /// <exception cref="WharfException">InvalidArgument: not found, checksum differs; Unavailable: no connection.</exception>
    public static async Task<HttpDownload> DownloadAsync(string url, string folder, string? checksum, string? authorization, CancellationToken caller)
    {
        using var timed = CancellationTokenSource.CreateLinkedTokenSource(caller);
        timed.CancelAfter(MaxTime);
        var ct = timed.Token;
        if (!Uri.TryCreate(url, UriKind.Absolute, out var address))
        {
            throw WharfException.Invalid($"invalid URL {url}");
        }

        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, address);
            if (authorization is not null)
            {
                request.Headers.TryAddWithoutValidation("Authorization", authorization);
            }

            using var response = await Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
            if (!response.IsSuccessStatusCode)
            {
                throw WharfException.Invalid($"failed to GET {url} with status {(int)response.StatusCode} {response.ReasonPhrase}");
            }

            if (response.Content.Headers.ContentLength > MaxBytes)
            {
                throw TooLarge(url);
            }

            string name = Uri.UnescapeDataString(address.AbsolutePath.TrimEnd('/').Split('/')[^1]);
            name = name.Contains('/') || name is "." or ".." ? "" : name;
            string path = Path.Combine(folder, name.Length == 0 ? "download" : name);
            string actual = await SaveAsync(response, path, url, ct);
            if (checksum is not null && "sha256:" + actual != checksum)
            {
                throw WharfException.Invalid($"digest mismatch for {url}: sha256:{actual}, expected {checksum}");
            }

            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            if (response.Content.Headers.LastModified is { } modified)
            {
                File.SetLastWriteTimeUtc(path, modified.UtcDateTime);
            }

            return new HttpDownload(path, name, actual, response.Content.Headers.LastModified);
        }
        catch (OperationCanceledException) when (!caller.IsCancellationRequested)
        {
            throw WharfException.Unavailable($"failed to GET {url}: not done within {MaxTime.TotalMinutes} minutes");
        }
        catch (UriFormatException e)
        {
            // What a redirect leads to is the server's word.
            throw WharfException.Invalid($"failed to GET {url}: it leads to an invalid address", e);
        }
        catch (HttpRequestException e) when (e.InnerException is WharfException refused)
        {
            throw refused;
        }
        catch (HttpRequestException e)
        {
            throw WharfException.Unavailable($"failed to GET {url}: {e.Message}", e);
        }
    }

    private static WharfException TooLarge(string url) => WharfException.Invalid($"{url} is larger than {MaxBytes >> 30} GiB");

    private static async Task<string> SaveAsync(HttpResponseMessage response, string path, string url, CancellationToken ct)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await using var body = await response.Content.ReadAsStreamAsync(ct);
        await using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write);
        byte[] buffer = new byte[128 * 1024];
        long total = 0;
        int count;
        while ((count = await body.ReadAsync(buffer, ct)) > 0)
        {
            total += count;
            if (total > MaxBytes)
            {
                throw TooLarge(url);
            }

            hash.AppendData(buffer, 0, count);
            await file.WriteAsync(buffer.AsMemory(0, count), ct);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
