namespace Wharf.Network;

/// <summary>Where the network says what it did on its own account: mended rules, refused packets of the resolver, leftovers removed.</summary>
public interface INetworkLog
{
    void Information(string message);

    void Warning(string message);
}
