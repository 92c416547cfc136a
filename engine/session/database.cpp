// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/session/database.h"

#include <sqlite3.h>

namespace mm {

void Database::Close::operator()(sqlite3* database) const {
    sqlite3_close_v2(database);
}

void Database::Query::Finalize::operator()(sqlite3_stmt* statement) const {
    sqlite3_finalize(statement);
}

Database::Database(const std::string& path, Mode mode) {
    const int flags = mode == Mode::create ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY;
    sqlite3* database = nullptr;
    m_good = sqlite3_open_v2(path.c_str(), &database, flags, nullptr) == SQLITE_OK;
    m_database.reset(database);
    if (!m_good) return;
    // Nothing in a file is trusted; a file that is shorter than it says is read as far as it goes.
    if (mode == Mode::read)
        run("PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON; PRAGMA writable_schema=ON; PRAGMA query_only=ON");
}

std::string Database::problem() const {
    return m_database ? sqlite3_errmsg(m_database.get()) : "out of memory";
}

bool Database::run(const char* sql) {
    m_good = m_database && sqlite3_exec(m_database.get(), sql, nullptr, nullptr, nullptr) == SQLITE_OK && m_good;
    return m_good;
}

Database::Query::Query(Database& database, const char* sql) {
    sqlite3_stmt* statement = nullptr;
    m_damaged = sqlite3_prepare_v2(database.m_database.get(), sql, -1, &statement, nullptr) != SQLITE_OK;
    m_statement.reset(statement);
}

void Database::Query::bind(int index, std::int64_t value) {
    if (sqlite3_bind_int64(m_statement.get(), index, value) != SQLITE_OK) m_damaged = true;
}

void Database::Query::bind(int index, std::string_view blob) {
    if (sqlite3_bind_blob64(m_statement.get(), index, blob.data(), blob.size(), SQLITE_STATIC) != SQLITE_OK)
        m_damaged = true;
}

bool Database::Query::next() {
    if (!m_statement) return false;
    const int state = sqlite3_step(m_statement.get());
    if (state != SQLITE_ROW && state != SQLITE_DONE) m_damaged = true;
    return state == SQLITE_ROW;
}

void Database::Query::again() {
    sqlite3_reset(m_statement.get());
    m_damaged = m_statement == nullptr;
}

std::int64_t Database::Query::number(int column) const {
    return sqlite3_column_int64(m_statement.get(), column);
}

std::string Database::Query::text(int column) const {
    return std::string(blob(column));
}

std::string_view Database::Query::blob(int column) const {
    const void* data = sqlite3_column_blob(m_statement.get(), column);
    const int size = sqlite3_column_bytes(m_statement.get(), column);
    return data && size > 0 ? std::string_view(static_cast<const char*>(data), static_cast<std::size_t>(size))
                            : std::string_view();
}

}  // namespace mm
