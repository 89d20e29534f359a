namespace Wharf.Linux;

/// <summary>A kernel signal set: bit n-1 stands for signal n (sigsetops(3)).</summary>
public readonly record struct SignalSet(ulong Bits)
{
    public static SignalSet All => new(ulong.MaxValue);

    public static SignalSet Of(params ReadOnlySpan<int> signals)
    {
        ulong bits = 0;
        foreach (int signal in signals)
        {
            bits |= 1ul << (signal - 1);
        }

        return new SignalSet(bits);
    }

    public bool Contains(int signal) => (Bits >> (signal - 1) & 1) != 0;
}
