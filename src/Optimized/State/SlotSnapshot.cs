namespace Gdn.Optimized.State;

/// <summary>A copy of one sequence's state: what <see cref="StatePool.Export"/> takes out and Import puts back.</summary>
public sealed class SlotSnapshot
{
    internal SlotSnapshot(int nextPosition, float[][] recurrent, float[][] attention)
    {
        NextPosition = nextPosition;
        Recurrent = recurrent;
        Attention = attention;
    }

    /// <summary>Position of the next token after a restore.</summary>
    public int NextPosition { get; }

    /// <summary>Per linear layer: conv window and S, one after the other.</summary>
    internal float[][] Recurrent { get; }

    /// <summary>Per full-attention layer: keys and values, one after the other.</summary>
    internal float[][] Attention { get; }
}
