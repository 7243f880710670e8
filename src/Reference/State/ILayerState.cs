namespace Gdn.Reference.State;

/// <summary>What one layer remembers of one sequence.</summary>
public interface ILayerState
{
    /// <summary>Back to the state before the first token.</summary>
    void Clear();

    /// <summary>An independent copy of the present state, without what could be rolled back.</summary>
    ILayerState Copy();

    /// <summary>Forgets the last <paramref name="tokens"/> tokens; the caller has checked that it can.</summary>
    void Rollback(int tokens);
}
