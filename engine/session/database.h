// SPDX-License-Identifier: GPL-3.0-or-later
// SQLite, as much of it as a session needs: open, run, walk through rows; everything is closed again by itself.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace mm {

class Database {
public:
    enum class Mode { create, read };
    Database(const std::string& path, Mode mode);

    bool good() const { return m_good; }
    /// Why the last thing did not work, in SQLite's words.
    std::string problem() const;
    bool run(const char* sql);

    /// A statement and its rows.
    class Query {
    public:
        Query(Database& database, const char* sql);
        void bind(int index, std::int64_t value);
        void bind(int index, std::string_view blob);
        /// The next row is there. False: no more, or damaged().
        bool next();
        bool damaged() const { return m_damaged; }
        void again();
        std::int64_t number(int column) const;
        std::string text(int column) const;
        /// As long as the row is there.
        std::string_view blob(int column) const;

    private:
        struct Finalize {
            void operator()(sqlite3_stmt* statement) const;
        };
        std::unique_ptr<sqlite3_stmt, Finalize> m_statement;
        bool m_damaged = false;
    };

private:
    struct Close {
        void operator()(sqlite3* database) const;
    };
    std::unique_ptr<sqlite3, Close> m_database;
    bool m_good = false;
};

}  // namespace mm
