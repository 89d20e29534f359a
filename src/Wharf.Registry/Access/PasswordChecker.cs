using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Wharf.Registry.Access;

/// <summary>
/// Who a user with a password is. bcrypt is slow on purpose and clients send the password with every request, so a password that was right is
/// remembered, by a keyed hash, for a few minutes and as long as the file says the same; only so many are computed at a time.
/// </summary>
internal sealed class PasswordChecker(HtpasswdFile file, TimeProvider clock) : IDisposable
{
    private const int Remembered = 10_000;
    private static readonly TimeSpan Memory = TimeSpan.FromMinutes(5);

    // Compared with when there is no such user, so that the time of an answer does not tell names.
    private static readonly string Decoy = Bcrypt.Hash(Guid.NewGuid().ToString(), 10);

    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);
    private readonly ConcurrentDictionary<string, DateTimeOffset> _right = new();
    private readonly SemaphoreSlim _turns = new(Math.Max(1, Environment.ProcessorCount));

    /// <summary>The current hash of a user's password; null when there is no such user.</summary>
    public string? HashOf(string user) => file.HashOf(user);

    public async Task<bool> IsRightAsync(string user, string password, CancellationToken ct)
    {
        string? hash = file.HashOf(user);
        string known = Convert.ToHexString(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes($"{user}\0{password}\0{hash}")));
        if (hash is not null && _right.TryGetValue(known, out DateTimeOffset until) && clock.GetUtcNow() < until)
        {
            return true;
        }

        await _turns.WaitAsync(ct);
        try
        {
            bool right = await Task.Run(() => Bcrypt.Verify(password, hash ?? Decoy), ct) && hash is not null;
            if (right)
            {
                if (_right.Count >= Remembered)
                {
                    _right.Clear();
                }

                _right[known] = clock.GetUtcNow() + Memory;
            }

            return right;
        }
        finally
        {
            _turns.Release();
        }
    }

    /// <summary>Name and password of a request (RFC 7617); null when it has none.</summary>
    /// <exception cref="RegistryFault">UNAUTHORIZED: the header is malformed.</exception>
    public static (string User, string Password)? Of(HttpRequest request)
    {
        string header = request.Headers.Authorization.ToString();
        if (!header.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        try
        {
            string pair = Encoding.UTF8.GetString(Convert.FromBase64String(header[6..].Trim()));
            int colon = pair.IndexOf(':', StringComparison.Ordinal);
            return colon > 0 ? (pair[..colon], pair[(colon + 1)..]) : throw RegistryFault.Unauthorized("authentication required");
        }
        catch (FormatException)
        {
            throw RegistryFault.Unauthorized("authentication required");
        }
    }

    public void Dispose() => _turns.Dispose();
}
