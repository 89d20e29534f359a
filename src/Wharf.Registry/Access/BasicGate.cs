using Microsoft.AspNetCore.Http;

namespace Wharf.Registry.Access;

/// <summary>Users with passwords, sent with every request (RFC 7617), under access rules.</summary>
internal sealed class BasicGate(string realm, PasswordChecker passwords, AccessRules rules) : IAccessGate
{
    public bool IsOpen => false;

    public async ValueTask<Caller> IdentifyAsync(HttpRequest request, CancellationToken ct)
    {
        if (PasswordChecker.Of(request) is not { } given)
        {
            return request.Headers.Authorization.Count == 0
                ? new RuledCaller("", rules)
                : throw RegistryFault.Unauthorized("authentication required");
        }

        return await passwords.IsRightAsync(given.User, given.Password, ct)
            ? new RuledCaller(given.User, rules)
            : throw RegistryFault.Unauthorized("authentication required");
    }

    public string? Challenge(HttpRequest request, string? scope, string? error) => $"Basic realm=\"{realm}\"";
}
