namespace Wharf.Api;

/// <summary>A record of the wire of which changed copies are made.</summary>
public abstract class Changeable<T> where T : Changeable<T>
{
    /// <summary>A changed copy, which shares everything that the change leaves alone.</summary>
    public T With(Action<T> change)
    {
        T copy = Copy();
        change(copy);
        return copy;
    }

    /// <summary>A copy, which shares what the original refers to.</summary>
    public T Copy() => (T)MemberwiseClone();
}
